"""Indicators of one bank: rules, periods, charts, pages."""
