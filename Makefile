# make run    install what is missing, build, start on this machine's interface
# make check  unit and golden tests: no root, no network
# make test   install what is missing, build, run all tests
# make test-deep   sanitizers, fuzzing corpora, arm64 in an emulator, the modules' seam
# make install, make uninstall   the program, its units, manual page, completions
# make package, make image       a Debian package, a container image
# make dist                      the sources, with checksums and an SBOM
# make soak   MINUTES (30) under load, then 1,000 starts and stops
# make fuzz   each target of tests/fuzz for SECONDS (600)
# make bench  install similar programs, build, compare with them (10 minutes)
# Options pass through: make run ARGS='-i eth1 tcp', make bench ARGS='--only live'

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
ARGS ?=
# For the package and `make install`.
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build/release
REVISION ?=
# docker or podman
CONTAINER ?= docker
# For a cross build: arm64 or armhf
ARCH ?= arm64
TRIPLET := $(if $(filter armhf,$(ARCH)),arm-linux-gnueabihf,aarch64-linux-gnu)
# A compiler takes up to 1.5 GB.
JOBS ?= $(shell awk -v cores=$$(nproc) '/^MemAvailable/ { \
  jobs = int($$2 / 1500000); print jobs < 1 ? 1 : jobs < cores ? jobs : cores \
  }' /proc/meminfo)

# Tools that run on this machine; headers and libraries for the target machine.
BUILD_TOOLS := g++ make cmake ninja-build pkg-config git protobuf-compiler \
  publicsuffix netbase ieee-data
BUILD_HEADERS := libcli11-dev libeigen3-dev libjs-dygraphs nlohmann-json3-dev
BUILD_LIBRARIES := libpcap-dev prometheus-cpp-dev libboost-dev zlib1g-dev \
  libssl-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libnl-route-3-dev \
  libxxhash-dev libc-ares-dev libpsl-dev libsqlite3-dev \
  libcurl4-openssl-dev libcap-ng-dev libcrypt-dev libseccomp-dev libzstd-dev \
  libncurses-dev libprotobuf-dev
BUILD_PACKAGES := $(BUILD_TOOLS) $(BUILD_HEADERS) $(BUILD_LIBRARIES)
PACKAGE_PACKAGES := python3 dpkg-dev file gzip
# The part of BUILD_PACKAGES that is compiled into the program.
BUILT_IN := prometheus-cpp-dev libboost-dev libcli11-dev libeigen3-dev libjs-dygraphs \
  nlohmann-json3-dev ieee-data
TEST_PACKAGES := $(PACKAGE_PACKAGES) \
  bash-completion \
  chromium \
  curl \
  docker-compose \
  ethtool \
  fonts-dejavu-core \
  iperf3 \
  iproute2 \
  iputils-ping \
  libcap2-bin \
  libgmock-dev \
  libgtest-dev \
  lintian \
  mandoc \
  nftables \
  ngtcp2-client \
  ngtcp2-server \
  openssl \
  prometheus \
  prometheus-alertmanager \
  python3 \
  python3-jsonschema \
  python3-protobuf \
  python3-pytest \
  python3-pytest-timeout \
  python3-pytest-xdist \
  python3-yaml \
  sqlite3 \
  systemd \
  tcpdump \
  tcpreplay \
  tmux \
  tshark \
  util-linux \
  zsh \
  $(if $(shell command -v npm),,nodejs npm)
RELEASE_PACKAGES := python3 iproute2 iputils-ping libcap2-bin debootstrap \
  systemd-container podman buildah runc uidmap qemu-user-static \
  qemu-system-arm cpio binutils
CHECKS ?= test_package_life test_service test_image test_arm_kernel test_arm
BENCH_PACKAGES := tcpdump tcpreplay nfdump softflowd darkstat pmacct iproute2 \
  python3 chromium fonts-dejavu-core $(if $(shell command -v npm),,nodejs npm)
CHECK_PACKAGES := libgtest-dev libgmock-dev python3
COVERAGE_PACKAGES := $(CHECK_PACKAGES) gcovr

RESULTS := python3 tests/check_results.py --skips tests/skips.yaml

# $(call install,packages): installs the missing ones.
define install
@missing=$$(for package in $(1); do \
  dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null \
    | grep -qx installed || echo $$package; done); \
if [ -n "$$missing" ]; then \
  echo "installing:" $$missing; \
  $(SUDO) apt-get update -qq && \
  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $$missing >/dev/null; \
fi
endef

.PHONY: run deps build test check bench bench-forecast coverage fuzz soak tidy format
.PHONY: clean
.PHONY: test-deps test-deep test-asan test-tsan test-seam test-cross cross-sysroot cross-tests
.PHONY: install uninstall package package-deps cross-package cross-deps image dist
.PHONY: release-check fresh-check screenshots

run: deps build
	@$(SUDO) build/release/ntm $(ARGS)

deps:
	$(call install,$(BUILD_PACKAGES))

build: deps
	@test -f build/release/build.ninja || cmake --preset release >/dev/null
	@if test -x build/release/ntm; then \
	  cmake --build --preset release --target ntm -j $(JOBS); \
	else \
	  echo "building ntm: about 4 minutes on two cores, some 45 steps"; \
	  began=$$(date +%s); \
	  cmake --build --preset release --target ntm -j $(JOBS) && \
	  echo "ntm $$(($$(date +%s) - began))" > build/release/built; \
	fi

# All tests, on the release build.
test: test-deps build
	@echo "make test: builds the tests and runs them, about 9 minutes on two cores"
	@began=$$(date +%s); \
	cmake --build --preset release -j $(JOBS) || exit 1; \
	BUILT="the tests $$(($$(date +%s) - began))" \
	tests/suite.sh build/release unit golden layers e2e alone bench; code=$$?; \
	$(RESULTS) --features tests/features.yaml --took build/release/took \
	  --pace README.md build/release/results && exit $$code

# Tests that need another build: memory and undefined behaviour (asan), data races
# (tsan), another architecture, a module less or more.
test-deep: test-deps
	@echo "make test-deep: about 18 minutes on two cores"
	@code=0; for part in test-asan test-tsan test-cross test-seam; do \
	  $(MAKE) --no-print-directory $$part || code=1; \
	done; \
	release=$$(ls -d build/release/results 2>/dev/null); \
	$(RESULTS) $${release:+--features tests/features.yaml} $$release \
	  build/asan/results build/tsan/results \
	  $$(ls -d build/*-test/results 2>/dev/null) && exit $$code

test-deps:
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(MAKE) --no-print-directory tests/types/node_modules \
	  tests/browser/node_modules

# The schemas of Grafana, Kubernetes and CycloneDX (80 MB); without them the tests that
# need them are skipped.
tests/types/node_modules: tests/types/package-lock.json
	@cd tests/types && npm ci --ignore-scripts --no-audit --no-fund --silent \
	  && touch node_modules || echo "npm cannot install the published schemas"

# The driver of Chromium (14 MB); without it tests of the live page are skipped.
tests/browser/node_modules: tests/browser/package-lock.json
	@cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent \
	  && touch node_modules || echo "npm cannot install the browser driver"

# The screenshots in README, of a page that shows generated traffic.
screenshots: build
	$(call install,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory tests/browser/node_modules
	cd tests/e2e && $(SUDO) env NTM_BINARY=$(CURDIR)/build/release/ntm \
	  PYTHONDONTWRITEBYTECODE=1 python3 screenshots.py $(CURDIR)/docs/images

# tests/e2e/CMakeLists.txt says which tests run with a sanitizer.
test-asan:
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan -j $(JOBS)
	@tests/suite.sh build/asan unit golden fuzz e2e

test-tsan:
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan --target ntm ntm_probe -j $(JOBS)
	@tests/suite.sh build/tsan e2e

# Tests that read files, for another architecture (ARCH) in an emulator. Its libraries
# are in a separate folder: only compiler and emulator are installed on this machine.
test-cross: build
	@rm -rf build/$(ARCH)-test/results
	@if $(MAKE) --no-print-directory cross-sysroot; then \
	  $(MAKE) --no-print-directory cross-tests; \
	else \
	  echo "SKIPPED: tests for $(ARCH): compiler, emulator or libraries are not available"; \
	fi

# Builds a copy of the sources, and of build/release, without the folder of a module,
# and with the example of docs/new-module.md. Three folders, different ones each day;
# NTM_FOLDERS=all: every module.
test-seam: build
	@rm -rf build/seam-test/results
	@NTM_TESTS=seam build/release/pytest \
	  --junit-xml=$(CURDIR)/build/seam-test/results/seam.xml

cross-sysroot:
	$(call install,qemu-user-static g++-$(TRIPLET))
	@packaging/sysroot.sh $(ARCH) $(CURDIR)/build/sysroot-$(ARCH) \
	  $(BUILD_HEADERS) $(BUILD_LIBRARIES)

cross-tests:
	@cmake --preset $(ARCH)-test >/dev/null
	@cmake --build --preset $(ARCH)-test --target ntm -j $(JOBS)
	@NTM_TESTS=cross build/release/pytest -n 2 -k test_cross_$(ARCH) \
	  --junit-xml=$(CURDIR)/build/$(ARCH)-test/results/e2e.xml

# Unit and golden tests: no root, no network.
check:
	$(call install,$(BUILD_PACKAGES) $(CHECK_PACKAGES))
	cmake --preset dev
	cmake --build --preset dev
	@tests/suite.sh build/dev unit golden layers; code=$$?; \
	$(RESULTS) --took build/dev/took build/dev/results && exit $$code

bench: build
	$(call install,$(BUILD_PACKAGES) $(BENCH_PACKAGES))
	@$(MAKE) --no-print-directory tests/browser/node_modules
	cmake --preset release
	cmake --build --preset release --target ntm ntm_make_traffic \
	  ntm_time_exposition
	$(SUDO) python3 bench/run.py --ntm build/release/ntm $(ARGS)

# Accuracy of the forecasts: on the series of SERIES, or on a generated one.
SERIES ?= ../shared/series
bench-forecast: build
	cmake --build --preset release --target ntm_forecast_cost
	@python3 bench/forecast.py --ntm build/release/ntm \
	  --cost build/release/ntm_forecast_cost --series $(SERIES)

# Every target for SECONDS: 600 before a release. Found inputs stay in
# tests/fuzz/<target>.
SECONDS ?= 600
fuzz:
	$(call install,$(BUILD_PACKAGES) clang)
	cmake --preset fuzz
	cmake --build --preset fuzz
	@for file in tests/fuzz/*.cc; do \
	  target=$$(basename $$file .cc); \
	  test $$target = driver && continue; \
	  mkdir -p build/fuzz/corpus/$$target; \
	  build/fuzz/fuzz_$$target -max_total_time=$(SECONDS) -timeout=10 \
	    -rss_limit_mb=2048 -artifact_prefix=build/fuzz/$$target- \
	    -print_final_stats=1 build/fuzz/corpus/$$target \
	    tests/fuzz/$$target || exit 1; \
	done

# Random keys at RATE packets per second with scrapes, pages, history, an agent and name
# resolution for MINUTES; then CYCLES random starts, reloads and stops. As root, on a
# machine without other load.
MINUTES ?= 30
RATE ?= 500000
CYCLES ?= 1000
soak: build
	$(call install,$(TEST_PACKAGES))
	cd tests/e2e && $(SUDO) env NTM_BINARY=$(CURDIR)/build/release/ntm \
	  PYTHONDONTWRITEBYTECODE=1 python3 soak.py --minutes $(MINUTES) \
	  --rate $(RATE) $(ARGS)
	cd tests/e2e && $(SUDO) env NTM_BINARY=$(CURDIR)/build/release/ntm \
	  PYTHONDONTWRITEBYTECODE=1 python3 cycles.py --cycles $(CYCLES)
	$(SUDO) env NTM_STOPPED_SECONDS=30 build/release/pytest \
	  -k test_all_frames_count_after_sigstop_and_sigcont

coverage:
	$(call install,$(BUILD_PACKAGES) $(COVERAGE_PACKAGES))
	cmake --preset coverage
	cmake --build --preset coverage
	tests/suite.sh build/coverage unit golden
	gcovr --root . --filter src/ --filter include/ \
	  --html-details build/coverage/report.html --print-summary build/coverage
	@echo "report: build/coverage/report.html"

install: build
	$(call install,$(PACKAGE_PACKAGES))
	@cmake --build $(BUILD) --target ntm_man
	@$(SUDO) env DESTDIR=$(DESTDIR) cmake --install $(BUILD) \
	  --prefix $(PREFIX) --strip
	@test -n "$(DESTDIR)" || getent passwd ntm >/dev/null \
	  || $(SUDO) useradd --system --user-group --no-create-home \
	    --home-dir /nonexistent --shell /usr/sbin/nologin ntm

# Removes what `make install` installed, except the configuration.
uninstall:
	@grep -v ^/etc/ntm/ $(BUILD)/install_manifest.txt \
	  | grep -v ^/etc/default/ | while read -r file; do \
	  echo "removing $(DESTDIR)$$file"; $(SUDO) rm -f "$(DESTDIR)$$file"; done

package-deps: deps
	$(call install,$(PACKAGE_PACKAGES))

package: package-deps
	@cmake --preset release -DNTM_REVISION=$(REVISION) >/dev/null
	@cmake --build --preset release --target ntm_package

# All files have the date of the commit, so the result is reproducible.
dist: export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null)
dist: package
	@rm -rf build/dist && mkdir -p build/dist
	@set -e; cd build/dist; ntm=../release/ntm; \
	version=$$($$ntm --version | cut -d ' ' -f 2); \
	revision=$$(git rev-parse --short=12 HEAD); \
	git -C ../.. -c tar.umask=0022 archive --format=tar --prefix=ntm-$$version/ \
	  --add-virtual-file=ntm-$$version/REVISION:$$revision HEAD \
	  | gzip -9n > ntm-$$version.tar.gz; \
	cp ../release/package/ntm_$${version}_*.deb .; \
	python3 ../../packaging/make_sbom.py $$ntm $$version $(BUILT_IN) \
	  > ntm-$$version.cdx.json; \
	sha256sum * > ../SHA256SUMS; mv ../SHA256SUMS .; cat SHA256SUMS

# Libraries of another architecture can be installed beside this machine's only if their
# versions are the same: in a fresh root or container, as in Dockerfile.arm.
cross-deps:
	@$(SUDO) dpkg --add-architecture $(ARCH)
	$(call install,$(filter-out g++,$(BUILD_TOOLS)) $(BUILD_HEADERS) \
	  $(PACKAGE_PACKAGES) qemu-user-static g++-$(TRIPLET) \
	  $(addsuffix :$(ARCH),$(BUILD_LIBRARIES)))

cross-package:
	@cmake --preset $(ARCH) -DNTM_REVISION=$(REVISION) >/dev/null
	@DEB_HOST_ARCH=$(ARCH) cmake --build --preset $(ARCH) --target ntm_package

image:
	$(CONTAINER) build -t ntm --build-arg REVISION=$(REVISION) .

# Additional checks before a release, as root, for an hour. Each step reports what it
# skips, and why.
release-check: package
	$(call install,$(RELEASE_PACKAGES))
	$(MAKE) --no-print-directory test-cross ARCH=arm64
	$(MAKE) --no-print-directory test-cross ARCH=armhf
	cd tests/release && PYTHONDONTWRITEBYTECODE=1 \
	  NTM_BUILD=$(CURDIR)/build/release \
	  python3 run.py $(CURDIR)/build/release-checks/results/release.xml $(CHECKS)
	$(RESULTS) --features tests/features.yaml build/release/results \
	  build/release-checks/results $(wildcard build/*-test/results)

# Runs the two commands of README on a bare system.
fresh-check:
	$(call install,$(RELEASE_PACKAGES))
	cd tests/release && PYTHONDONTWRITEBYTECODE=1 \
	  python3 run.py $(CURDIR)/build/fresh.xml test_fresh

tidy:
	$(call install,$(BUILD_PACKAGES) $(CHECK_PACKAGES) clang-tidy)
	cmake --preset tidy
	cmake --build --preset tidy

format:
	$(call install,clang-format)
	git ls-files '*.cc' '*.h' | xargs clang-format -i

clean:
	rm -rf build
