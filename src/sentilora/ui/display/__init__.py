"""How answers and figures look on a page: charts, HTML, colours, errors."""
