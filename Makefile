# make run    install what is missing, build, start on this machine's interface
# make test   install what is missing, build, run the whole suite
# make bench  install the peers, build, measure against them (10 minutes)
# Options pass through: make run ARGS='-i eth1 tcp', make bench ARGS='--only live'

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
ARGS ?=
JOBS ?= $(shell nproc)

BUILD_PACKAGES := g++ make cmake ninja-build pkg-config git libpcap-dev \
  prometheus-cpp-dev libboost-dev zlib1g-dev libssl-dev libcli11-dev \
  libyaml-cpp-dev libspdlog-dev libfmt-dev libnl-route-3-dev libxxhash-dev \
  nlohmann-json3-dev libc-ares-dev libpsl-dev libsqlite3-dev \
  libcurl4-openssl-dev libcap-ng-dev publicsuffix netbase
TEST_PACKAGES := libgtest-dev libgmock-dev python3 python3-yaml \
  python3-jsonschema iproute2 iputils-ping ethtool util-linux libcap2-bin \
  tcpdump tshark tcpreplay prometheus openssl
BENCH_PACKAGES := tcpdump tcpreplay nfdump softflowd darkstat pmacct iproute2 \
  python3
CHECK_PACKAGES := libgtest-dev libgmock-dev python3
COVERAGE_PACKAGES := $(CHECK_PACKAGES) gcovr

CTEST := ctest --output-on-failure --no-tests=error -j $(JOBS)

# $(call install,packages): installs those that are missing, and only those.
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

.PHONY: run deps build test check bench coverage tidy format clean
.PHONY: test-release test-asan test-tsan

run: deps build
	@$(SUDO) build/release/ntm $(ARGS)

deps:
	$(call install,$(BUILD_PACKAGES))

build: deps
	@test -x build/release/ntm || echo "building ntm: 2 to 4 minutes"
	@test -f build/release/build.ninja || cmake --preset release >/dev/null
	@cmake --build --preset release --target ntm

test:
	@echo "make test: installs build and test packages from Debian (about"
	@echo "150 MB on a bare machine), builds three variants (release, address"
	@echo "and undefined sanitizers, thread sanitizer) and runs the suite;"
	@echo "10 to 15 minutes on two cores the first time."
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(MAKE) --no-print-directory test-release test-asan test-tsan
	@cd build/release && ctest --output-on-failure --no-tests=error -L features

# The whole suite on the program that people run.
test-release:
	cmake --preset release
	cmake --build --preset release
	cd build/release && $(CTEST) -LE features --output-junit junit.xml

# Memory and undefined behaviour: everything that needs no namespaces.
test-asan:
	cmake --preset asan
	cmake --build --preset asan
	cd build/asan && $(CTEST) -LE 'features|live|bench' --output-junit junit.xml

# Data races: the program with all its threads on live traffic.
test-tsan:
	cmake --preset tsan
	cmake --build --preset tsan --target ntm
	cd build/tsan && $(CTEST) -L live --output-junit junit.xml

# Unit and golden tests: no root, no network.
check:
	$(call install,$(BUILD_PACKAGES) $(CHECK_PACKAGES))
	cmake --preset dev
	cmake --build --preset dev
	cd build/dev && $(CTEST) -L 'unit|golden|layers'

bench: build
	$(call install,$(BUILD_PACKAGES) $(BENCH_PACKAGES))
	cmake --preset release
	cmake --build --preset release --target ntm ntm_make_traffic \
	  ntm_time_exposition
	$(SUDO) python3 bench/run.py --ntm build/release/ntm $(ARGS)

coverage:
	$(call install,$(BUILD_PACKAGES) $(COVERAGE_PACKAGES))
	cmake --preset coverage
	cmake --build --preset coverage
	cd build/coverage && $(CTEST) -L 'unit|golden'
	gcovr --root . --filter src/ --filter include/ \
	  --html-details build/coverage/report.html --print-summary build/coverage
	@echo "report: build/coverage/report.html"

tidy:
	$(call install,$(BUILD_PACKAGES) $(CHECK_PACKAGES) clang-tidy)
	cmake --preset tidy
	cmake --build --preset tidy

format:
	$(call install,clang-format)
	git ls-files '*.cc' '*.h' | xargs clang-format -i

clean:
	rm -rf build
