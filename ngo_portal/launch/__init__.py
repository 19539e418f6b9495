"""The commands that prepare and run the portal on one machine (`make demo`, `make test`)."""
