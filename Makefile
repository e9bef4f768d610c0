# What people and machines run here. `make test` needs Rust, bash and, where no PostgreSQL server
# of these versions is installed, npm to fetch one.

.PHONY: build test lint bench demo

build:
	cargo build --release

test:
	.ci/postgres install 14 18
	MIGRATOR_TEST_POSTGRES_VERSIONS=14,18 cargo test

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

bench:
	benches/run

# The project in this folder, on a database that is thrown away.
demo:
	@cargo build --quiet
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export MIGRATOR_DATABASE_URL="sqlite:///$$folder/app.db" && \
	for command in "upgrade head" history status; do \
	    echo "\$$ migrator $$command" && cargo run --quiet -- $$command || exit; \
	done
