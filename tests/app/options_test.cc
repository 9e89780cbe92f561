#include "options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ntm/error.h"

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// An environment without any variable of ours; the old one comes back.
class CleanEnvironment {
 public:
  CleanEnvironment() {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text(*entry);
      const std::string name = text.substr(0, text.find('='));
      if (name.compare(0, 4, "NTM_") == 0 || name == "LOG_LEVEL") {
        before_[name] = text.substr(name.size() + 1);
      }
    }
    for (const auto& [name, value] : before_) unsetenv(name.c_str());
  }
  ~CleanEnvironment() {
    for (const std::string& name : set_) unsetenv(name.c_str());
    for (const auto& [name, value] : before_) {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  CleanEnvironment(const CleanEnvironment&) = delete;
  CleanEnvironment& operator=(const CleanEnvironment&) = delete;

  void Set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

 private:
  std::map<std::string, std::string> before_;
  std::vector<std::string> set_;
};

class DiskModule : public Module {
 public:
  std::string_view name() const noexcept override { return "disk"; }
  void AddOptions(CLI::App& options) override {
    options.add_option("--disk.row-interval", interval, "Seconds")
        ->check(CLI::Range(1, 300));
    options.add_flag("--keep", keep, "Keeps");
    options.add_option("--hide", hidden, "Hides")->delimiter(',');
  }
  int interval = 60;
  bool keep = false;
  std::vector<std::string> hidden;
};

// The text with its wrapped lines put together again.
std::string Unwrapped(const std::string& text) {
  std::string out;
  size_t begin = 0;
  const std::string fold = "\n      ";
  for (size_t at = text.find(fold); at != std::string::npos;
       begin = at + fold.size(), at = text.find(fold, begin)) {
    out += text.substr(begin, at - begin) + " ";
  }
  return out + text.substr(begin);
}

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ntm-options-XXXXXX")
            .string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto disk = std::make_unique<DiskModule>();
    disk_ = disk.get();
    modules_.push_back(std::move(disk));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::string WriteFile(const std::string& text,
                        const std::string& name = "ntm.yaml") const {
    std::ofstream(PathOf(name)) << text;
    return PathOf(name);
  }

  Options Parse(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {"ntm"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return ParseOptions(static_cast<int>(argv.size()), argv.data(), modules_,
                        PathOf("default.yaml"));
  }

  // The message that the words are refused with; its exit code must be this.
  std::string Refusal(const std::vector<std::string>& words, int exit_code) {
    try {
      Parse(words);
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.exit_code(), exit_code) << message;
      EXPECT_THAT(message, Not(HasSubstr("\n")));
      return message;
    }
    ADD_FAILURE() << "not refused";
    return "";
  }

  CleanEnvironment environment_;
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<Module>> modules_;
  DiskModule* disk_ = nullptr;
};

TEST_F(OptionsTest, HasTheDocumentedDefaults) {
  const Options o = Parse({});
  EXPECT_EQ(o.action, Action::kRun);
  EXPECT_THAT(o.interfaces, IsEmpty());
  EXPECT_TRUE(o.promiscuous);
  EXPECT_EQ(o.buffer_bytes, 16U * 1024 * 1024);
  EXPECT_EQ(o.snaplen_bytes, 0U);
  EXPECT_EQ(o.count, 0U);
  EXPECT_EQ(o.filter, "");
  EXPECT_EQ(o.read_path, "");
  EXPECT_EQ(o.metric_prefix, "ntm");
  EXPECT_EQ(o.max_series, 10000U);
  EXPECT_EQ(o.services_path, "/etc/services");
  EXPECT_THAT(o.listen_addresses, ElementsAre(":8000"));
  EXPECT_EQ(o.telemetry_path, "/metrics");
  EXPECT_EQ(o.max_requests, 40U);
  EXPECT_EQ(o.log_level, LogLevel::kInfo);
  EXPECT_EQ(o.log_format, LogFormat::kText);
  EXPECT_FALSE(o.fqdn || o.serve || o.raw_filter || o.wait_interface ||
               o.systemd_socket);
  EXPECT_EQ(o.config_path, "");
  EXPECT_THAT(o.warnings, IsEmpty());
}

struct FilterCase {
  const char* name;
  std::vector<std::string> words;
  const char* filter;
};

class OptionsFilterTest : public OptionsTest,
                          public testing::WithParamInterface<FilterCase> {};

TEST_P(OptionsFilterTest, ReachesLibpcapUnharmed) {
  const Options o = Parse(GetParam().words);
  EXPECT_EQ(o.filter, GetParam().filter);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OptionsFilterTest,
    testing::Values(
        FilterCase{"Unquoted",
                   {"src", "net", "192.168.0.0/24", "or", "dst", "net",
                    "192.168.0.0/24"},
                   "src net 192.168.0.0/24 or dst net 192.168.0.0/24"},
        FilterCase{"Quoted",
                   {"src net 192.168.0.0/24 or dst net 192.168.0.0/24"},
                   "src net 192.168.0.0/24 or dst net 192.168.0.0/24"},
        FilterCase{"Brackets", {"tcp[13] & 2 != 0"}, "tcp[13] & 2 != 0"},
        FilterCase{"BracketWords",
                   {"tcp", "[13]", "&", "2", "!=", "0"},
                   "tcp [13] & 2 != 0"},
        FilterCase{"BracketListAlone", {"[a,b]"}, "[a,b]"},
        FilterCase{"BracesAlone", {"{}"}, "{}"},
        FilterCase{"Parentheses", {"(udp port 53)"}, "(udp port 53)"},
        FilterCase{"Comma", {"host", "a,b"}, "host a,b"},
        FilterCase{"Percent", {"host", "fe80::1%eth0"}, "host fe80::1%eth0"},
        FilterCase{"Negation", {"!tcp"}, "!tcp"},
        FilterCase{
            "Minus", {"ip[2:2]", "-", "20", ">", "0"}, "ip[2:2] - 20 > 0"},
        FilterCase{"Equals", {"ip[0]=0x45"}, "ip[0]=0x45"},
        FilterCase{"PlusPlus", {"++"}, "++"},
        FilterCase{"LongerThanAnyListOfCli11",
                   std::vector<std::string>(40, "x"),
                   "x x x x x x x x x x x x x x x x x x x x x x x x x x x x x "
                   "x x x x x x x x x x x"},
        FilterCase{
            "AfterTheMark", {"--", "-x", "--port", "tcp"}, "-x --port tcp"},
        FilterCase{"AroundTheMark", {"tcp", "--", "port", "80"}, "tcp port 80"},
        FilterCase{"AfterAnInterface", {"-i", "eth1", "tcp"}, "tcp"},
        FilterCase{"BetweenOptions",
                   {"tcp", "-p", "9", "port", "-f", "80"},
                   "tcp port 80"},
        FilterCase{"AfterAListenAddress",
                   {"--web.listen-address", ":1", "udp"},
                   "udp"},
        FilterCase{"NamedLikeAnOption", {"port", "80"}, "port 80"},
        FilterCase{"NamedLikeAVerb", {"host", "doctor"}, "host doctor"},
        FilterCase{"QuotesInside", {"host 'a\"b'"}, "host 'a\"b'"},
        FilterCase{"Empty", {""}, ""}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(OptionsTest, TakesOneWordPerInterfaceAndCommas) {
  const Options o =
      Parse({"-i", "eth1,br0", "tcp", "--interface=wlan0", "-ieth1"});
  EXPECT_THAT(o.interfaces, ElementsAre("eth1", "br0", "wlan0"));
  EXPECT_EQ(o.filter, "tcp");
}

struct ListenCase {
  const char* name;
  std::vector<std::string> words;
  std::vector<std::string> addresses;
};

class OptionsListenTest : public OptionsTest,
                          public testing::WithParamInterface<ListenCase> {};

TEST_P(OptionsListenTest, ResolvesTheAddresses) {
  EXPECT_EQ(Parse(GetParam().words).listen_addresses, GetParam().addresses);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OptionsListenTest,
    testing::Values(
        ListenCase{"Port", {"-p", "9100"}, {":9100"}},
        ListenCase{"LastPortWins", {"-p", "1", "--port", "2"}, {":2"}},
        ListenCase{"PortZero", {"-p0"}, {":0"}},
        ListenCase{"Bind", {"-b", "127.0.0.1"}, {"127.0.0.1:8000"}},
        ListenCase{
            "BindUnderscore", {"--bind_ip", "127.0.0.1"}, {"127.0.0.1:8000"}},
        ListenCase{"BindHyphen",
                   {"--bind-ip", "127.0.0.1", "-p", "1"},
                   {"127.0.0.1:1"}},
        ListenCase{"BindIpv6", {"-b", "::1"}, {"[::1]:8000"}},
        ListenCase{"BindIpv6InBrackets", {"-b", "[::1]"}, {"[::1]:8000"}},
        ListenCase{"ListenAddressWins",
                   {"-p", "1", "--web.listen-address", ":2"},
                   {":2"}},
        ListenCase{"SeveralListenAddresses",
                   {"--web.listen-address=[::1]:2,127.0.0.1:3",
                    "--web.listen-address", "localhost:4"},
                   {"[::1]:2", "127.0.0.1:3", "localhost:4"}}),
    [](const auto& instance) { return instance.param.name; });

struct UsageCase {
  const char* name;
  std::vector<std::string> words;
  const char* message;  // part of it
};

class OptionsUsageTest : public OptionsTest,
                         public testing::WithParamInterface<UsageCase> {};

TEST_P(OptionsUsageTest, RefusesWithExitCodeTwo) {
  const std::string message = Refusal(GetParam().words, kExitUsage);
  EXPECT_THAT(message, HasSubstr(GetParam().message));
  EXPECT_THAT(message, HasSubstr("ee ntm --help"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, OptionsUsageTest,
    testing::Values(
        UsageCase{"UnknownLong", {"--prot", "80"}, "did you mean --port?"},
        UsageCase{"UnknownLongWithValue",
                  {"--prot=80"},
                  "unknown option --prot; did you mean --port?"},
        UsageCase{"UnknownShort", {"-x"}, "unknown option -x"},
        UsageCase{"NoPrefixMatching", {"--por", "80"}, "--por;"},
        UsageCase{"ValueMissing", {"-p"}, "--port: a value is missing"},
        UsageCase{"ValueMissingBeforeAnOption",
                  {"-i", "-p", "80"},
                  "--interface: a value is missing before -p"},
        UsageCase{"EmptyAssignment", {"--port=", "80"}, "--port= has no value"},
        UsageCase{"PortNotANumber",
                  {"-p", "abc"},
                  "--port: 'abc' is not a number from 0 to 65535"},
        UsageCase{"PortTooLarge", {"-p", "65536"}, "'65536' is not"},
        UsageCase{"PortNegative", {"-p", "-1"}, "'-1' is not"},
        UsageCase{"PortWithTail", {"-p", "80x"}, "'80x' is not"},
        UsageCase{"PrefixBeginsWithDigit",
                  {"-s", "9x"},
                  "--metric-prefix: '9x' is not"},
        UsageCase{"PrefixWithHyphen", {"--metric_prefix", "a-b"}, "'a-b'"},
        UsageCase{"PrefixEmpty", {"-s", ""}, "'' is not a metric prefix"},
        UsageCase{"PrefixWithColon", {"-s", "a:b"}, "'a:b'"},
        UsageCase{"InterfaceEmpty", {"-i", ""}, "--interface: ''"},
        UsageCase{"InterfaceWithBlank", {"-i", "eth0 eth1"}, "'eth0 eth1'"},
        UsageCase{"SnaplenTooSmall", {"--snaplen", "63"}, "64 to 262144"},
        UsageCase{"SnaplenTooLarge", {"--snaplen", "262145"}, "64 to 262144"},
        UsageCase{
            "BufferUnit", {"--buffer-size", "16X"}, "'16X' is not a size"},
        UsageCase{"BufferTooSmall", {"--buffer-size", "1k"}, "65536"},
        UsageCase{"BufferTooLarge", {"--buffer-size", "2GiB"}, "2147483647"},
        UsageCase{"SeriesTooFew",
                  {"--max-series", "15"},
                  "--max-series: '15' is not a number from 16"},
        UsageCase{"LogLevel",
                  {"--log-level", "loud"},
                  "'loud' is not a log level: trace, debug, info, warning or "
                  "error"},
        UsageCase{"LogFormat", {"--log-format", "xml"}, "text or json"},
        UsageCase{"FlagValue",
                  {"--fqdn=maybe"},
                  "--fqdn: 'maybe' is not true or false"},
        UsageCase{
            "ListenWithoutPort", {"--web.listen-address", "8000"}, "host:port"},
        UsageCase{"ListenIpv6WithoutBrackets",
                  {"--web.listen-address", "::1:8000"},
                  "in brackets"},
        UsageCase{"ListenPort",
                  {"--web.listen-address", ":x"},
                  "in ':x', 'x' is not a number"},
        UsageCase{"TelemetryPathRelative",
                  {"--web.telemetry-path", "m"},
                  "'m' is not a path"},
        UsageCase{"TelemetryPathTaken",
                  {"--web.telemetry-path", "/-/ready"},
                  "are taken"},
        UsageCase{"ServeWithoutFile", {"--serve"}, "--serve: "},
        UsageCase{"WaitWithFile",
                  {"--wait-interface", "-r", "x"},
                  "--wait-interface: "},
        UsageCase{
            "InterfaceWithFile", {"-i", "eth0", "-r", "x"}, "--interface: "},
        UsageCase{"ModulesOwnCheck",
                  {"--disk.row-interval", "301"},
                  "--disk.row-interval: Value 301 not in range 1 to 300"},
        UsageCase{"ModulesType",
                  {"--disk.row-interval", "x"},
                  "--disk.row-interval: "}),
    [](const auto& instance) { return instance.param.name; });

struct ByteCase {
  const char* text;
  uint64_t bytes;
};

TEST_F(OptionsTest, ReadsByteCountsWithUnits) {
  for (const ByteCase& c :
       {ByteCase{"65536", 65536}, ByteCase{"64k", 65536},
        ByteCase{"64K", 65536}, ByteCase{"64KiB", 65536},
        ByteCase{"100kB", 100000}, ByteCase{"2M", 2U << 20},
        ByteCase{"2 MiB", 2U << 20}, ByteCase{"2MB", 2000000},
        ByteCase{"1g", 1U << 30}, ByteCase{"1GB", 1000000000}}) {
    EXPECT_EQ(Parse({"--buffer-size", c.text}).buffer_bytes, c.bytes) << c.text;
  }
}

TEST_F(OptionsTest, AcceptsLogLevelsInAnyCase) {
  EXPECT_EQ(Parse({"--log-level", "DEBUG"}).log_level, LogLevel::kDebug);
  EXPECT_EQ(Parse({"--log-level", "Warning"}).log_level, LogLevel::kWarning);
  EXPECT_EQ(Parse({"--log-level", "CRITICAL"}).log_level, LogLevel::kCritical);
  EXPECT_EQ(Parse({"--log-format", "JSON"}).log_format, LogFormat::kJson);
}

// Every setting alone, by each of its three names.
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
                             GetParam().variable == "NTM_WAIT_INTERFACE";
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
        SettingCase{"Fqdn",
                    {"-f"},
                    "NTM_FQDN",
                    "true",
                    "fqdn: true",
                    [](const Options& o) { return o.fqdn; }},
        SettingCase{"MaxSeries",
                    {"--max-series", "16"},
                    "NTM_MAX_SERIES",
                    "16",
                    "max-series: 16",
                    [](const Options& o) { return o.max_series == 16; }},
        SettingCase{"ServicesFile",
                    {"--services-file", "/s"},
                    "NTM_SERVICES_FILE",
                    "/s",
                    "services-file: /s",
                    [](const Options& o) { return o.services_path == "/s"; }},
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

TEST_F(OptionsTest, LetsFlagBeatVariableBeatFileBeatDefault) {
  const std::string file = WriteFile("port: 1\nfilters: udp\ninterface: lo");
  EXPECT_EQ(Parse({"-c", file}).port, 1);
  environment_.Set("NTM_PORT", "2");
  environment_.Set("NTM_FILTERS", "tcp");
  environment_.Set("NTM_INTERFACE", "eth1");
  const Options by_variable = Parse({"-c", file});
  EXPECT_EQ(by_variable.port, 2);
  EXPECT_EQ(by_variable.filter, "tcp");
  EXPECT_THAT(by_variable.interfaces, ElementsAre("eth1"));
  const Options by_flag = Parse({"-c", file, "-p", "3", "icmp", "-i", "br0"});
  EXPECT_EQ(by_flag.port, 3);
  EXPECT_EQ(by_flag.filter, "icmp");
  EXPECT_THAT(by_flag.interfaces, ElementsAre("br0"));
}

TEST_F(OptionsTest, PrefersItsOwnVariablesToForeignOnes) {
  environment_.Set("NTM_BIND", "127.0.0.2");
  environment_.Set("NTM_BIND_IP", "127.0.0.1");
  environment_.Set("LOG_LEVEL", "error");
  environment_.Set("NTM_LOG_LEVEL", "debug");
  EXPECT_EQ(Parse({}).bind_ip, "127.0.0.1");
  EXPECT_EQ(Parse({}).log_level, LogLevel::kDebug);
}

TEST_F(OptionsTest, LetsAPortFlagBeatAListenAddressOfTheFile) {
  const std::string file = WriteFile("web: {listen-address: ':1'}\nport: 2");
  EXPECT_THAT(Parse({"-c", file}).listen_addresses, ElementsAre(":1"));
  EXPECT_THAT(Parse({"-c", file, "-p", "3"}).listen_addresses,
              ElementsAre(":3"));
}

TEST_F(OptionsTest, CountsEmptyVariablesAndKeysAsUnset) {
  environment_.Set("NTM_PORT", "");
  environment_.Set("NTM_FILTERS", "");
  environment_.Set("NTM_READ", "");
  const Options o =
      Parse({"-c", WriteFile("port:\nread: ''\ninterface: []\nfilters: tcp")});
  EXPECT_EQ(o.port, 8000);
  EXPECT_EQ(o.filter, "tcp");
  EXPECT_THAT(o.interfaces, IsEmpty());
}

TEST_F(OptionsTest, NamesTheVariableItRefuses) {
  environment_.Set("NTM_PORT", "abc");
  EXPECT_THAT(Refusal({}, kExitUsage),
              HasSubstr("NTM_PORT: 'abc' is not a number from 0 to 65535"));
}

TEST_F(OptionsTest, NamesTheForeignVariableItRefuses) {
  environment_.Set("LOG_LEVEL", "verbose");
  EXPECT_THAT(Refusal({}, kExitUsage), HasSubstr("LOG_LEVEL: 'verbose'"));
}

TEST_F(OptionsTest, WarnsOfAMisspeltVariable) {
  environment_.Set("NTM_FDQN", "true");
  environment_.Set("NTM_SOMETHING_ELSE", "x");
  EXPECT_THAT(Parse({}).warnings,
              ElementsAre(HasSubstr("did you mean NTM_FQDN?")));
}

// A Kubernetes Service named ntm puts this into every pod beside it.
TEST_F(OptionsTest, IgnoresTheServiceLinkOfKubernetes) {
  environment_.Set("NTM_PORT", "tcp://10.96.0.7:8000");
  EXPECT_EQ(Parse({}).port, 8000);
}

TEST_F(OptionsTest, ReadsTheDefaultFileIfItExists) {
  WriteFile("port: 7", "default.yaml");
  const Options o = Parse({});
  EXPECT_EQ(o.port, 7);
  EXPECT_EQ(o.config_path, PathOf("default.yaml"));
  EXPECT_EQ(Parse({"-c", WriteFile("port: 8")}).port, 8);
}

TEST_F(OptionsTest, TakesTheConfigurationFileFromTheEnvironment) {
  environment_.Set("NTM_CONFIG", WriteFile("port: 7"));
  EXPECT_EQ(Parse({}).port, 7);
  EXPECT_EQ(Parse({"--config", WriteFile("port: 8", "8.yaml")}).port, 8);
}

TEST_F(OptionsTest, SaysThatTheConfigurationFileIsNotThere) {
  EXPECT_EQ(Refusal({"-c", PathOf("none.yaml")}, kExitFailure),
            "Configuration file not found: " + PathOf("none.yaml"));
}

TEST_F(OptionsTest, SaysThatTheConfigurationFileIsAFolder) {
  EXPECT_THAT(Refusal({"-c", folder_.string()}, kExitFailure),
              HasSubstr("Is a directory"));
}

struct FileCase {
  const char* name;
  const char* yaml;
  const char* message;  // after the path
};

class OptionsFileTest : public OptionsTest,
                        public testing::WithParamInterface<FileCase> {};

TEST_P(OptionsFileTest, RefusesWithFileAndLine) {
  const std::string path = WriteFile(GetParam().yaml);
  EXPECT_THAT(Refusal({"-c", path}, kExitFailure),
              HasSubstr(path + GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, OptionsFileTest,
    testing::Values(
        FileCase{"UnknownKey", "fqdn: true\n\nprot: 80\n",
                 ":3: unknown key 'prot'; did you mean 'port'?"},
        FileCase{"UnknownNestedKey", "web:\n  max_request: 1\n",
                 ":2: unknown key 'web.max_request'; did you mean "
                 "'web.max-requests'?"},
        FileCase{"UnknownOldKey", "logging:\n  levle: INFO\n",
                 ":2: unknown key 'logging.levle'; did you mean "
                 "'logging.level'?"},
        FileCase{"NothingNear", "zzzzzzzzzzzzzzzzzz: 1\n",
                 ":1: unknown key 'zzzzzzzzzzzzzzzzzz'; ntm --help"},
        FileCase{"CommandIsNoKey", "version: true\n", ":1: unknown key"},
        FileCase{"FileInTheFile", "config: x\n", ":1: unknown key"},
        FileCase{"Value", "fqdn: true\nport: abc\n",
                 ":2: port: 'abc' is not a number from 0 to 65535"},
        FileCase{"ModulesValue", "disk:\n  row_interval: 0\n",
                 ":2: disk.row-interval: Value 0 not in range"},
        FileCase{"Combination", "serve: true\n", ":1: serve: "},
        FileCase{"Twice", "port: 1\nport: 2\n",
                 ":2: 'port' is already set in line 1"},
        FileCase{"TwiceInTwoSpellings", "bind_ip: ::1\nbind: ::2\n",
                 ":2: 'bind' is already set in line 1"},
        FileCase{"ListForOneValue", "port: [1, 2]\n",
                 ":1: port: one value is expected, not a list"},
        FileCase{"ListOfLists", "interface:\n  - [eth0]\n",
                 ":2: the list 'interface' may hold plain values only"},
        FileCase{"NotYaml", "port: 1\nfilters: [abc\n", ":3: not YAML: "},
        FileCase{"NotAMap", "- port\n", ":1: 'key: value' lines"},
        FileCase{"KeyIsAList", "[a, b]: 1\n", ":1: a key must be a word"},
        FileCase{"EndlessAlias", "a: &x\n  b: *x\n",
                 ":2: 'a.b.b.b.b.b.b.b.b' is nested too deeply"}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(OptionsTest, AcceptsAnEmptyFile) {
  EXPECT_EQ(Parse({"-c", WriteFile("")}).port, 8000);
  EXPECT_EQ(Parse({"-c", WriteFile("# nothing\n")}).port, 8000);
}

TEST_F(OptionsTest, StartsWithAnOldConfigurationAndWarnsOncePerKey) {
  const Options o =
      Parse({"-c", WriteFile("database_file: data/network_activity.db\n"
                             "monitoring_interval: 60\n"
                             "interfaces: []\n"
                             "exclude_interfaces:\n  - '^lo$'\n"
                             "options:\n  track_per_interface: true\n"
                             "  track_total: true\n  calculate_rates: true\n"
                             "  store_raw_counts: true\n"
                             "database:\n  retention_days: 30\n"
                             "  cleanup_on_startup: true\n"
                             "logging:\n  level: WARNING\n"
                             "  file: logs/network_monitor.log\n"
                             "  max_bytes: 10485760\n  backup_count: 5\n"
                             "  format: '%(asctime)s - %(message)s'\n")});
  EXPECT_EQ(o.log_level, LogLevel::kWarning);
  EXPECT_EQ(o.log_format, LogFormat::kText);
  EXPECT_EQ(o.warnings.size(), 14U);
  EXPECT_THAT(o.warnings.front(),
              HasSubstr(":1: 'database_file' is not supported by this version "
                        "yet"));
  EXPECT_THAT(o.warnings.back(), HasSubstr("'logging.format' is text or json"));
}

TEST_F(OptionsTest, GivesModulesTheSameThreeSources) {
  Parse({"--disk.row-interval", "5", "--keep", "--hide", "a,b"});
  EXPECT_EQ(disk_->interval, 5);
  EXPECT_TRUE(disk_->keep);
  EXPECT_THAT(disk_->hidden, ElementsAre("a", "b"));
  environment_.Set("NTM_DISK_ROW_INTERVAL", "6");
  environment_.Set("NTM_HIDE", "c,d");
  Parse({});
  EXPECT_EQ(disk_->interval, 6);
  EXPECT_THAT(disk_->hidden, ElementsAre("c", "d"));
  Parse({"-c", WriteFile("disk: {row_interval: 7}\nkeep: false\n")});
  EXPECT_EQ(disk_->interval, 6) << "the variable is still set";
  EXPECT_FALSE(disk_->keep);
}

TEST_F(OptionsTest, LetsAReadFlagBeatTheInterfaceOfTheFile) {
  const Options o = Parse({"-r", "-", "--serve", "-c",
                           WriteFile("interface: eth0\nwait-interface: true")});
  EXPECT_EQ(o.read_path, "-");
  EXPECT_TRUE(o.serve);
  EXPECT_THAT(o.interfaces, IsEmpty());
  EXPECT_FALSE(o.wait_interface);
}

TEST_F(OptionsTest, PrintsHelpWithDefaultsAndVariables) {
  for (const char* flag : {"-h", "--help"}) {
    const Options o = Parse({flag});
    EXPECT_EQ(o.action, Action::kPrint);
    for (const char* part :
         {"Usage: ntm [options] [filter …]", "\nCapture:\n", "-i, --interface",
          "-p, --port PORT", "default 8000; env NTM_PORT)",
          "-b, --bind-ip, --bind_ip", "env NTM_BIND_IP, NTM_BIND)",
          "-s, --metric-prefix, --metric_prefix", "-f, --fqdn", "-c, --config",
          "env NTM_FILTERS)", "default true; env NTM_PROMISCUOUS)",
          "\nModule disk:\n", "--disk.row-interval",
          "default 60; env NTM_DISK_ROW_INTERVAL)"}) {
      EXPECT_THAT(Unwrapped(o.text), HasSubstr(part));
    }
  }
}

TEST_F(OptionsTest, PrintsHelpEvenIfTheRestIsWrong) {
  environment_.Set("NTM_PORT", "abc");
  EXPECT_THAT(Parse({"--bogus", "-c", "/none", "--help"}).text,
              HasSubstr("Usage: ntm"));
}

TEST_F(OptionsTest, KeepsEveryLineOfTheHelpWithinEightyColumns) {
  const std::string text = Parse({"-h"}).text;
  size_t columns = 0;
  for (const char c : text) {
    columns = c == '\n' ? 0 : columns + ((c & 0xc0) == 0x80 ? 0 : 1);
    ASSERT_LE(columns, 80U);
  }
}

TEST_F(OptionsTest, PrintsTheVersion) {
  const Options o = Parse({"--version"});
  EXPECT_EQ(o.action, Action::kPrint);
  EXPECT_THAT(o.text, testing::MatchesRegex(
                          "ntm [0-9]+\\.[0-9]+\\.[0-9]+ \\(.*, .*\\)\n"));
}

TEST_F(OptionsTest, ListsInterfaces) {
  EXPECT_EQ(Parse({"-D"}).action, Action::kListInterfaces);
  EXPECT_EQ(Parse({"--list-interfaces"}).action, Action::kListInterfaces);
}

TEST_F(OptionsTest, ChecksTheConfigurationAndSaysWhereItComesFrom) {
  environment_.Set("NTM_BIND", "::1");
  const std::string file = WriteFile("fqdn: true\n");
  const Options o =
      Parse({"--check-config", "-c", file, "-i", "a,b", "tcp[13] & 2 != 0"});
  EXPECT_EQ(o.action, Action::kPrint);
  for (const std::string& line :
       {std::string("configuration ok\n"),
        std::string("\ninterface: [a, b]  # flag\n"),
        std::string("\nfilters: \"tcp[13] & 2 != 0\"  # flag\n"),
        std::string("\nbind-ip: ::1  # env NTM_BIND\n"),
        "\nfqdn: true  # file " + file + "\n",
        std::string("\nport: 8000  # default\n"),
        std::string("\ndisk.row-interval: 60  # default\n")}) {
    EXPECT_THAT(o.text, HasSubstr(line));
  }
  EXPECT_THAT(o.text, Not(HasSubstr("check-config")));
}

TEST_F(OptionsTest, ReadsBackWhatCheckConfigPrints) {
  const std::string printed =
      Parse({"--check-config", "-i", "a,b", "-s", "home", "--no-promiscuous",
             "--web.listen-address", "[::1]:1,:2", "--snaplen", "96", "--",
             "ip[2:2] > 0 and host \"x\\y\" or #"})
          .text;
  const Options o =
      Parse({"-c", WriteFile(printed.substr(printed.find('\n') + 1))});
  EXPECT_THAT(o.interfaces, ElementsAre("a", "b"));
  EXPECT_EQ(o.metric_prefix, "home");
  EXPECT_FALSE(o.promiscuous);
  EXPECT_THAT(o.listen_addresses, ElementsAre("[::1]:1", ":2"));
  EXPECT_EQ(o.snaplen_bytes, 96U);
  EXPECT_EQ(o.filter, "ip[2:2] > 0 and host \"x\\y\" or #");
  EXPECT_THAT(o.warnings, IsEmpty());
}

TEST_F(OptionsTest, ChecksTheConfigurationAndRefusesIt) {
  Refusal({"--check-config", "-p", "x"}, kExitUsage);
  Refusal({"--check-config", "-c", WriteFile("port: x")}, kExitFailure);
}

}  // namespace
}  // namespace ntm
