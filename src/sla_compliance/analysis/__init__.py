"""Further questions to records: what follows from them beyond their own figures."""
