# One place for every command. `make up` and `make test` need only Python 3.11.
PYTHON ?= python3
export PYTHONPATH := $(CURDIR)/platform:$(CURDIR)
PY := .venv/bin/python
TEMP := $(PY) -m launcher.temporary
# Every runner's database is copied from one that was migrated once.
PREPARED := $(PY) manage.py prepare && export TEST_TEMPLATE=plateau
# Three runners share two cores: two OpenMP threads of each would spend most of their time waiting for each other.
TESTS := OMP_NUM_THREADS=1 $(PY) -m pytest -n 3 --dist load --maxschedchunk 1 --durations 25
UNIT := not browser and not processes and not faults and not slow
# Of what each app's own tests reach in their own processes; tests that cross apps are not traced, which doubles their time.
FLOOR := --cov --cov-report= --cov-fail-under=80

.PHONY: coverage slow faults backup restore setup setup-dev up test check unit fuzz browser frontend-test format schema openapi docs screenshots bench lock lock-images check-images sbom scan base-backup check-files recover

setup:            ## packages and front-end build
	@$(PYTHON) platform/launcher/bootstrap.py

setup-dev:        ## the same, and what tests need
	@$(PYTHON) platform/launcher/bootstrap.py --dev

up: setup         ## run Plateau: make up PORT=8000
	@$(PY) -m launcher.up

test: setup-dev   ## everything that CI runs; linters of both halves side by side; COVERAGE=yes counts it too
	@$(MAKE) --no-print-directory -j2 --output-sync=target check frontend-test
	$(TEMP) sh -c '$(PREPARED) && $(TESTS) $(if $(COVERAGE),$(FLOOR)) -m "not faults and not slow"'

check:            ## linters, types, contracts, migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	SECRET_KEY=for-checks-of-the-code-alone-0123456789 DATABASE_URL=postgresql:///check REDIS_URL=redis://check $(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/ast-grep test --config sgconfig.yml --skip-snapshot-tests
	.venv/bin/ast-grep scan --config sgconfig.yml
	$(TEMP) $(PY) manage.py makemigrations --check --dry-run
	$(TEMP) $(PY) manage.py lintmigrations

frontend-test:    ## Biome, dependency-cruiser, translations, TypeScript, Vitest
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run lint
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm test

unit:             ## Python tests: units, API, real worker process
	$(TEMP) sh -c '$(PREPARED) && $(TESTS) -m "not browser and not faults and not slow"'

coverage:         ## the tests of each app with a figure; lines afterwards: .venv/bin/coverage report -m
	$(TEMP) sh -c '$(PREPARED) && $(TESTS) $(FLOOR) -m "$(UNIT)" platform annotation registry workers'

slow:             ## what learns or migrates for long, and boxes the whole way: not in CI
	$(TEMP) sh -c '$(PREPARED) && PROPERTY_EXAMPLES=1 $(PY) -m pytest -m "slow or properties"'

faults:           ## processes killed, disks full, servers away: on installations of their own
	$(TEMP) $(PY) -m pytest -m faults tests/faults

fuzz:             ## the API fuzzed at length, with every check: make fuzz EXAMPLES=200
	FUZZ_CHECKS=all FUZZ_SECONDS=36000 FUZZ_PHASES=coverage,fuzzing FUZZ_EXAMPLES=$(or $(EXAMPLES),200) $(TEMP) $(PY) -m pytest -s tests/test_openapi.py -k no_request

browser:          ## tests in Chromium
	$(TEMP) sh -c '$(PREPARED) && $(TESTS) -m browser'

format:           ## rewrite what a tool can rewrite
	$(PY) -m ruff check --fix . ; $(PY) -m ruff format .
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npx biome check --write .

schema:           ## the dump that empty databases are made from; anew where migrations became many or slow
	$(TEMP) sh -c '$(PY) manage.py migrate --no-dump --verbosity 0 && $(PY) manage.py dump_schema'

openapi:          ## the schema snapshot and the front end's types
	$(TEMP) $(PY) manage.py spectacular --format openapi-json --file docs/openapi.json
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run types

docs:             ## the documentation site in dist/docs, served at /docs/
	$(PY) -m mkdocs build --strict

screenshots:      ## pictures of every screen of a running demo: make screenshots PORT=8000
	$(PY) docs/screenshots.py http://127.0.0.1:$(or $(PORT),8000) $(or $(PLATEAU_HOME),var)/demo-sign-ins.json var/screenshots

backup:           ## save everything while it runs: make backup TO=/mnt/backups/today
	$(PY) -m launcher.running $(PY) manage.py backup $(TO)

restore:          ## bring a backup back into an empty PLATEAU_HOME: make restore FROM=/mnt/backups/today
	$(PY) -m launcher.running $(PY) manage.py restore $(FROM)

base-backup:      ## for point-in-time recovery, with WAL_ARCHIVE set: make base-backup
	$(PY) -m launcher.running $(PY) manage.py base_backup

recover:          ## the stopped database as it was: make recover TO=2026-01-31T09:30:00+09:00
	$(PY) -m plateau.backups.recover $(if $(TO),--to $(TO)) $(if $(KEY),--identity $(KEY))

check-files:      ## files that the database names and the storage lacks
	$(PY) -m launcher.running $(PY) manage.py check_files

bench:            ## labels per second and CPU per label
	$(TEMP) $(PY) benchmarks/labeling_load.py

lock:             ## pin every package again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements/runtime.in -o requirements/runtime.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -c requirements/runtime.lock requirements/dev.in -o requirements/dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements/supply.in -o requirements/supply.lock

lock-images:      ## pin the images of others again, as a registry says: make lock-images REGISTRY=https://HOST
	$(PY) tools/images.py lock --registry $(or $(REGISTRY),$(error name the registry's API: REGISTRY=https://HOST))

check-images:     ## fail while an image of others has no digest
	$(PY) tools/images.py check

.venv-supply/stamp: requirements/supply.lock
	$(PYTHON) -m venv .venv-supply
	.venv-supply/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/supply.lock
	touch $@

sbom: .venv-supply/stamp ## bills of materials in dist/sbom (CycloneDX)
	.venv-supply/bin/python tools/supply_chain.py sbom $(or $(SBOM),dist/sbom)

scan: .venv-supply/stamp ## look every package up for known vulnerabilities; fails where no database answers
	.venv-supply/bin/python tools/supply_chain.py scan
