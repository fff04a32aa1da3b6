"""The command over a Dask cluster on this machine; `make cluster` runs it, as Dask is an extra."""
