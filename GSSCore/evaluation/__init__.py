"""How good a network is: scores per case, subset and region, tables, plots, comparisons."""
