"""The database: one file per family of tables, holding its tables and its named queries."""
