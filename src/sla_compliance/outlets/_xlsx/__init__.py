"""How a workbook of a document is made: its texts, styles, cells, sheets and chart."""
