# What people and machines run here. `make test` needs Rust, bash, Python 3 with venv, which runs Alembic, and npm,
# which fetches dbmate and PostgreSQL servers where these are not there.

.PHONY: build test kill lint bench demo

build:
	cargo build --release

test:
	.ci/postgres install 14 18
	MIGRATOR_TEST_POSTGRES_VERSIONS=14,18 cargo test

# Kills runs at every point there is, and a thousand at any time; `make test` takes some of them.
kill:
	.ci/postgres install 14 18
	MIGRATOR_TEST_POSTGRES_VERSIONS=14,18 MIGRATOR_TEST_KILLS=all cargo test --lib failpoint -- --nocapture
	MIGRATOR_TEST_POSTGRES_VERSIONS=14,18 MIGRATOR_TEST_KILLS=500 \
	    MIGRATOR_TEST_KILL_SEED=$${MIGRATOR_TEST_KILL_SEED:-$$(date +%s)} \
	    cargo test --test cli database::killed -- --nocapture

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
