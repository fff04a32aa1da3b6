"""Clients that others wrote, asked about what we sign, and we about what they sign."""
