# Two commands: `make demo` and `make test`. The work is done by ngo_portal/launch.
PYTHON := $(or $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done),python3)
LAUNCH := $(PYTHON) -m ngo_portal.launch

.PHONY: demo test prove stop upgrade bench locks manage messages

demo:
	@$(LAUNCH) demo
test:
	@$(LAUNCH) test $(ARGS)
prove:
	@$(LAUNCH) prove $(ARGS)
stop:
	@$(LAUNCH) stop
upgrade:
	@$(LAUNCH) upgrade
bench:
	@$(LAUNCH) bench $(ARGS)
locks:
	@$(LAUNCH) locks
manage:
	@$(LAUNCH) manage $(ARGS)
messages:
	@$(LAUNCH) manage makemessages -l fr --no-location --no-wrap --ignore=node_modules
