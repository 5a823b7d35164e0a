"""What the SQL sources are made of: mappings, reflected columns, statements that return columns, indexes."""
