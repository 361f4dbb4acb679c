# Every target makes what it needs: a machine with python3, git and make is enough.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench bench-rca prove live-model screenshots keys clean

demo: .venv/ready
	@$(BIN)/warroom demo $(ARGS)

test: .venv/ready
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready
	$(BIN)/python -m benchmarks

bench-rca: .venv/ready
	$(BIN)/python -m benchmarks.rca $(ARGS)

prove: .venv/ready
	$(BIN)/python -m benchmarks.prove_approvals
	$(BIN)/python -m benchmarks.prove_seeds
	$(BIN)/python -m benchmarks.prove_kills
	$(BIN)/python -m benchmarks.prove_drills
	$(BIN)/python -m benchmarks.prove_changes
	$(BIN)/python -m benchmarks.prove_reviews

live-model: .venv/ready
	$(BIN)/python -m benchmarks.live_model $(if $(URL),--url $(URL)) $(if $(MODEL),--model $(MODEL)) \
	  $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED)) $(ARGS)

screenshots: .venv/ready
	COLORTERM=truecolor $(BIN)/python -m benchmarks.screenshots

keys: .venv/ready
	$(BIN)/python -m tui.keys_page > docs/keys.md

.venv/ready: requirements.lock pyproject.toml
	@echo "making .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .prove .live .mypy_cache .ruff_cache
