"""The migrations of the database, applied by `service.migrate`."""
