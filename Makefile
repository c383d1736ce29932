# `make site` builds the site into public/, `make test test-all` runs every test; each first installs what it needs.
PYTHON ?= python3
ARGS ?=
FUZZ_SECONDS ?= 600

BIN := .venv/bin
RUN := $(BIN)/python -I build.py
SITE := .venv/.site node_modules/.installed
DEV := $(SITE) .venv/.dev
HOSTS := datagazette/starter/hosts

export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help site serve check diff new revise release wheel test test-all quick hosts readers browsers docs lint format bench audit fuzz \
  lock newest programs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "make %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'Options of the program go into ARGS: make site ARGS="--drafts"'

site: $(SITE) ## check the data and build the site into public/
	$(RUN) build $(ARGS)

serve: $(SITE) ## the site on this computer, rebuilt as files change
	$(RUN) serve $(ARGS)

check: .venv/.site ## check the data only
	@$(RUN) check $(ARGS)

diff: .venv/.site ## what changes against the last releases
	@$(RUN) diff $(ARGS)

new revise release: .venv/.site ## a dataset, its next version, its release: make revise ARGS="NAME --data FILE"
	@$(RUN) $@ $(ARGS)

wheel: $(SITE) .venv/.build ## the program as a wheel in build/wheel/, and its hash (FOR="linux-x64 darwin-arm64" for other systems)
	@rm -rf build/wheel
	@for platform in $(or $(FOR),""); do \
	  DATAGAZETTE_WHEEL_FOR=$$platform $(BIN)/python -m hatchling build --target wheel --directory build/wheel || exit 1; \
	done
	@$(BIN)/python -c 'import hashlib, pathlib; [print(f"{path}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}") \
	  for path in pathlib.Path("build/wheel").glob("*.whl")]'

test: $(DEV) .venv/.croissant .venv/.readers .venv/.security programs ## each kind of test, in minutes
	$(BIN)/pytest -n auto --dist worksteal -m "not thorough" $(ARGS)

test-all: $(DEV) .venv/.croissant .venv/.readers .venv/.s3 .venv/.security programs ## the tests that `make test` leaves out
	$(BIN)/pytest -n auto --dist worksteal -m thorough $(ARGS)

quick: $(DEV) ## the tests that take seconds
	$(BIN)/pytest -m "not browser and not slow and not thorough" $(ARGS)

hosts: $(DEV) tests/hosts/node/node_modules/.installed programs ## ask web servers for a site: docs/reference/hosts.md
	$(BIN)/python -m tests.hosts.matrix

readers: $(DEV) .venv/.croissant .venv/.readers build/readers/.installed tests/readers/node/node_modules/.installed programs ## open a site's files with many programs: docs/reference/readers.md
	$(BIN)/python -m tests.readers.matrix

browsers: $(DEV) programs ## a reader's way through the site in Firefox and WebKitGTK
	$(BIN)/pytest tests/hosts/browsers.py $(ARGS)

docs: $(DEV) ## the documents as a site, in build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --config-file mkdocs-docs.yml

lint: $(DEV) ## style, types, imports, unused code, workflows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml $(HOSTS)/check.yml $(HOSTS)/publish.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci .gitlab-ci.yml action/gitlab/*.yml $(HOSTS)/gitlab-ci.yml
	$(BIN)/zizmor --offline --quiet --config .github/zizmor.yml .github/workflows action $(HOSTS)/check.yml $(HOSTS)/publish.yml
	$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml

format: $(DEV) ## put the code into its standard form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEV) programs ## measure everything, hours of it: the tables of benchmarks/README.md
	for name in check large shapes explore pull_request serve growth; do $(BIN)/python benchmarks/$$name.py || exit 1; done

audit: $(SITE) .venv/.security ## known faults of what the lock files name
	.ci/audit $(ARGS)

fuzz: $(DEV) .venv/.security programs ## an hour of made-up tables, files and queries (FUZZ_SECONDS=600 for each of six readers)
	FUZZ_CASES=20000 $(BIN)/pytest tests/checks/test_differential.py $(ARGS)
	FUZZ_FAULTS=all $(BIN)/pytest tests/bad_days $(ARGS)
	FUZZ_EXAMPLES=2000 $(BIN)/pytest tests/fuzz $(ARGS)
	for name in publication descriptor table query page authored_page; do \
	  $(BIN)/python -m tests.fuzz.explore $$name -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

lock: .venv/.dev ## renew the lock files (ARGS=--upgrade for the newest versions)
	for name in requirements requirements-dev requirements-croissant requirements-readers requirements-matrix \
	  requirements-cluster requirements-store requirements-s3 requirements-security requirements-build; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $(ARGS) $$name.in --output-file $$name.txt || exit 1; \
	done
	npm install --package-lock-only

newest: ## the tests with the newest version of every package, exact ones too; changes the lock files
	sed -i -E 's/^([a-z0-9-]+)==[0-9.]+$$/\1/' requirements*.in
	$(MAKE) lock ARGS=--upgrade
	$(MAKE) test

programs: ## Chromium, LibreOffice and small programs for the tests; installs Debian's when run as root
	@missing="$(strip $(if $(CHROMIUM),,chromium) \
	  $(if $(shell command -v soffice),,libreoffice-calc-nogui) $(if $(shell command -v faketime),,faketime) \
	  $(if $(shell command -v curl),,curl) $(if $(shell command -v wget),,wget) $(if $(shell command -v pdftotext),,poppler-utils) \
	  $(if $(shell command -v ssh-keygen),,openssh-client) $(if $(shell command -v minisign),,minisign) \
	  $(if $(wildcard /usr/lib/R/site-library/readr),,r-base-core r-cran-readr) \
	  $(if $(shell command -v apache2),,apache2-bin) \
	  $(if $(shell command -v nginx),,nginx-light) $(if $(shell command -v caddy),,caddy) $(if $(wildcard /etc/mime.types),,media-types))"; \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; \
	else \
	  echo "The tests need these programs: apt-get install $$missing (or CHROMIUM=/path/to/it make test)." >&2; \
	  exit 1; \
	fi

clean: ## remove what was built and installed
	rm -rf build public .venv node_modules .import_linter_cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps below are made once an installation is complete, and are older than a lock file that has changed.
.venv/.site: requirements.txt
	$(PYTHON) -I -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/pip || $(PYTHON) -I -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

.venv/.dev: requirements-dev.txt requirements-cluster.txt requirements-store.txt .venv/.site
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-cluster.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-store.txt
	touch $@

.venv/.build: requirements-build.txt .venv/.site
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

# In an environment of its own: it brings pandas and scipy, which nothing else here needs.
.venv/.security: requirements-security.txt .venv/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

.venv/.croissant: requirements-croissant.txt .venv/.site
	test -x .venv/croissant/bin/pip || $(PYTHON) -I -m venv .venv/croissant
	.venv/croissant/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

.venv/.readers: requirements-readers.txt .venv/.site
	test -x .venv/readers/bin/pip || $(PYTHON) -I -m venv .venv/readers
	.venv/readers/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

.venv/.s3: requirements-s3.txt .venv/.site
	test -x .venv/s3/bin/pip || $(PYTHON) -I -m venv .venv/s3
	.venv/s3/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

build/readers/.installed: requirements-matrix.txt
	test -x build/readers/bin/pip || $(PYTHON) -I -m venv build/readers
	build/readers/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

node_modules/.installed: package-lock.json package.json .npmrc
	npm ci --ignore-scripts --loglevel=error
	touch $@

tests/%/node/node_modules/.installed: tests/%/node/package-lock.json tests/%/node/package.json
	cd $(@D)/.. && npm ci --ignore-scripts --loglevel=error
	touch $@
