"""How fast the service is beside others that could be picked instead: ratios within one run, on one machine."""
