"""did:webvh: identifiers whose whole history is signed (did:webvh DID Method 1.0)."""
