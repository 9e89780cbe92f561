#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "options_fixture.h"

namespace ntm {
namespace {

// Tests every setting by its flag, its variable and its key.
struct SettingCase {
  const char* name;
  std::vector<std::string> words;
  std::string variable;
  std::string value;
  std::string yaml;
  std::function<bool(const Options&)> holds;
};

class OptionsSettingTest : public OptionsTest,
                           public testing::WithParamInterface<SettingCase> {};

TEST_P(OptionsSettingTest, TakesEffectAsFlag) {
  EXPECT_FALSE(GetParam().holds(Parse({"-r", "x"})));
  std::vector<std::string> words = {"-r", "x"};
  words.insert(words.end(), GetParam().words.begin(), GetParam().words.end());
  const bool needs_no_file = GetParam().variable == "NTM_INTERFACE" ||
                             GetParam().variable == "NTM_WAIT_INTERFACE" ||
                             GetParam().variable == "NTM_CAPTURE_THREADS";
  EXPECT_TRUE(
      GetParam().holds(Parse(needs_no_file ? GetParam().words : words)));
}

TEST_P(OptionsSettingTest, TakesEffectAsVariable) {
  environment_.Set(GetParam().variable, GetParam().value);
  const bool is_serve = GetParam().variable == "NTM_SERVE";
  EXPECT_TRUE(
      GetParam().holds(Parse(is_serve ? std::vector<std::string>{"-r", "x"}
                                      : std::vector<std::string>())));
}

TEST_P(OptionsSettingTest, TakesEffectAsKey) {
  std::vector<std::string> words = {"-c", WriteFile(GetParam().yaml)};
  if (GetParam().variable == "NTM_SERVE") {
    words.insert(words.end(), {"-r", "x"});
  }
  EXPECT_TRUE(GetParam().holds(Parse(words)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, OptionsSettingTest,
    testing::Values(
        SettingCase{
            "Interface",
            {"-i", "eth1,lo"},
            "NTM_INTERFACE",
            "eth1,lo",
            "interface: [eth1, lo]",
            [](const Options& o) {
              return o.interfaces == std::vector<std::string>{"eth1", "lo"};
            }},
        SettingCase{"WaitInterface",
                    {"--wait-interface"},
                    "NTM_WAIT_INTERFACE",
                    "1",
                    "wait_interface: true",
                    [](const Options& o) { return o.wait_interface; }},
        SettingCase{"NoPromiscuous",
                    {"--no-promiscuous"},
                    "NTM_PROMISCUOUS",
                    "false",
                    "promiscuous: no",
                    [](const Options& o) { return !o.promiscuous; }},
        SettingCase{"CaptureThreads",
                    {"--capture-threads", "4"},
                    "NTM_CAPTURE_THREADS",
                    "4",
                    "capture-threads: 4",
                    [](const Options& o) { return o.capture_threads == 4; }},
        SettingCase{"BufferSize",
                    {"--buffer-size", "1M"},
                    "NTM_BUFFER_SIZE",
                    "1M",
                    "buffer-size: 1 MiB",
                    [](const Options& o) { return o.buffer_bytes == 1048576; }},
        SettingCase{"Snaplen",
                    {"--snaplen", "96"},
                    "NTM_SNAPLEN",
                    "96",
                    "snaplen: 96",
                    [](const Options& o) { return o.snaplen_bytes == 96; }},
        SettingCase{"Count",
                    {"--count", "7"},
                    "NTM_COUNT",
                    "7",
                    "count: 7",
                    [](const Options& o) { return o.count == 7; }},
        SettingCase{"RawFilter",
                    {"--raw-filter"},
                    "NTM_RAW_FILTER",
                    "on",
                    "raw_filter: yes",
                    [](const Options& o) { return o.raw_filter; }},
        SettingCase{"Filters",
                    {"udp", "port", "53"},
                    "NTM_FILTERS",
                    "udp port 53",
                    "filters: udp port 53",
                    [](const Options& o) { return o.filter == "udp port 53"; }},
        SettingCase{"FilterInBrackets",
                    {"[x]"},
                    "NTM_FILTERS",
                    "[x]",
                    "filter: '[x]'",
                    [](const Options& o) { return o.filter == "[x]"; }},
        SettingCase{"Serve",
                    {"--serve"},
                    "NTM_SERVE",
                    "true",
                    "serve: true",
                    [](const Options& o) { return o.serve; }},
        SettingCase{"MetricPrefix",
                    {"-s", "home"},
                    "NTM_METRIC_PREFIX",
                    "home",
                    "metric_prefix: home",
                    [](const Options& o) { return o.metric_prefix == "home"; }},
        SettingCase{"MaxSeries",
                    {"--max-series", "16"},
                    "NTM_MAX_SERIES",
                    "16",
                    "max-series: 16",
                    [](const Options& o) { return o.max_series == 16; }},
        SettingCase{"IdleTimeout",
                    {"--idle-timeout", "1h"},
                    "NTM_IDLE_TIMEOUT",
                    "1h",
                    "idle-timeout: 1h",
                    [](const Options& o) {
                      return o.idle_timeout == std::chrono::hours(1);
                    }},
        SettingCase{"ServicesFile",
                    {"--services-file", "/s"},
                    "NTM_SERVICES_FILE",
                    "/s",
                    "services-file: /s",
                    [](const Options& o) { return o.services_path == "/s"; }},
        SettingCase{"ClassOfDomains",
                    {"--class", "game=*.game.example+27015"},
                    "NTM_CLASS",
                    "game=*.game.example+27015",
                    "class: game=*.game.example+27015",
                    [](const Options& o) {
                      return o.classes == std::vector<std::string>{
                                              "game=*.game.example+27015"};
                    }},
        SettingCase{"NoDefaultDomains",
                    {"--no-default-domains"},
                    "NTM_NO_DEFAULT_DOMAINS",
                    "true",
                    "no-default-domains: true",
                    [](const Options& o) { return o.no_default_domains; }},
        SettingCase{"UnknownService",
                    {"--unknown-service", "empty"},
                    "NTM_UNKNOWN_SERVICE",
                    "empty",
                    "unknown-service: empty",
                    [](const Options& o) {
                      return o.unknown_service == UnknownService::kEmpty;
                    }},
        SettingCase{"Port",
                    {"-p", "9"},
                    "NTM_PORT",
                    "9",
                    "port: 9",
                    [](const Options& o) { return o.port == 9; }},
        SettingCase{"Bind",
                    {"-b", "::1"},
                    "NTM_BIND",
                    "::1",
                    "bind: ::1",
                    [](const Options& o) { return o.bind_ip == "::1"; }},
        SettingCase{"BindIp",
                    {"--bind-ip", "::1"},
                    "NTM_BIND_IP",
                    "::1",
                    "bind_ip: ::1",
                    [](const Options& o) {
                      return o.listen_addresses ==
                             std::vector<std::string>{"[::1]:8000"};
                    }},
        SettingCase{
            "ListenAddress",
            {"--web.listen-address", ":1,:2"},
            "NTM_WEB_LISTEN_ADDRESS",
            ":1,:2",
            "web:\n  listen_address:\n    - :1\n    - :2",
            [](const Options& o) {
              return o.listen_addresses == std::vector<std::string>{":1", ":2"};
            }},
        SettingCase{"TelemetryPath",
                    {"--web.telemetry-path", "/m"},
                    "NTM_WEB_TELEMETRY_PATH",
                    "/m",
                    "web.telemetry-path: /m",
                    [](const Options& o) { return o.telemetry_path == "/m"; }},
        SettingCase{"MaxRequests",
                    {"--web.max-requests", "0"},
                    "NTM_WEB_MAX_REQUESTS",
                    "0",
                    "web: {max-requests: 0}",
                    [](const Options& o) { return o.max_requests == 0; }},
        SettingCase{"SystemdSocket",
                    {"--web.systemd-socket"},
                    "NTM_WEB_SYSTEMD_SOCKET",
                    "true",
                    "web: {systemd_socket: true}",
                    [](const Options& o) { return o.systemd_socket; }},
        SettingCase{
            "Units",
            {"--units", "bits"},
            "NTM_UNITS",
            "bits",
            "units: bits",
            [](const Options& o) { return o.units == ShownUnits::kBits; }},
        SettingCase{
            "LogLevel",
            {"--log-level", "error"},
            "NTM_LOG_LEVEL",
            "error",
            "log-level: error",
            [](const Options& o) { return o.log_level == LogLevel::kError; }},
        SettingCase{
            "LogLevelOfOldConfigurations",
            {"--log-level", "DEBUG"},
            "LOG_LEVEL",
            "DEBUG",
            "logging:\n  level: DEBUG",
            [](const Options& o) { return o.log_level == LogLevel::kDebug; }},
        SettingCase{
            "LogFormat",
            {"--log-format", "json"},
            "NTM_LOG_FORMAT",
            "json",
            "logging: {format: json}",
            [](const Options& o) { return o.log_format == LogFormat::kJson; }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace ntm
