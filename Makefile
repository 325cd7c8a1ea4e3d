# StreamDistill: setup, build, demo, test, bench. Each target sets up what is missing first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
CONFIGURATION ?= Release
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

.PHONY: help setup build demo study test conformance soak bench format clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## Install what building, running and testing need; quick when nothing is missing
	@services/Polyfills/setup.sh

build: setup ## Build everything; leaves bin/streamdistill
	@dotnet build StreamDistill.sln -c $(CONFIGURATION) -v quiet
	@dotnet publish services/Cli -c $(CONFIGURATION) -o bin --no-build -v quiet

demo: build ## Distil a small neural teacher into a smaller student and print how good it got
	@bin/streamdistill demo --out bin/demo

study: build ## Compare what students learn from, with three seeds and their spread; goes on in bin/study
	@bin/streamdistill study --out bin/study

test: build ## Run every test
	@tests/run.sh $(CONFIGURATION)

soak: build ## Kill processes of running systems for long: make soak SEEDS=1,2,3 KILLS=2000
	@SOAK_SEEDS=$(or $(SEEDS),1) SOAK_KILLS=$(or $(KILLS),2000) SOAK_PROMPTS=$(or $(PROMPTS),20000) tests/soak.sh $(CONFIGURATION)

conformance: build ## Print which clients do what with the broker and the registry
	@tests/Interop/Conformance/run.sh $(CONFIGURATION)

bench: build ## Measure the parts side by side and print ratios
	@dotnet run --project tests/Benchmarks -c $(CONFIGURATION) --no-build

format: ## Put the code into the project's format
	@dotnet format StreamDistill.sln

clean: ## Remove what building left behind; setup's results stay
	@rm -rf artifacts bin
