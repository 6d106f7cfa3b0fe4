"""What figures look like: charts as SVG, tables, breakdowns; the same for a bank and the federation."""
