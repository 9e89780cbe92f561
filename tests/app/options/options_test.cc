#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "options_fixture.h"

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(OptionsTest, HasTheDocumentedDefaults) {
  const Options o = Parse({});
  EXPECT_EQ(o.action, Action::kRun);
  EXPECT_THAT(o.interfaces, IsEmpty());
  EXPECT_TRUE(o.promiscuous);
  EXPECT_EQ(o.buffer_bytes, 16U * 1024 * 1024);
  EXPECT_EQ(o.snaplen_bytes, 0U);
  EXPECT_EQ(o.count, 0U);
  EXPECT_EQ(o.capture_threads, 1U);
  EXPECT_EQ(o.filter, "");
  EXPECT_THAT(o.read_paths, IsEmpty());
  EXPECT_EQ(o.metric_prefix, "ntm");
  EXPECT_EQ(o.max_series, 10000U);
  EXPECT_EQ(o.idle_timeout, std::chrono::minutes(15));
  EXPECT_EQ(o.services_path, "/etc/services");
  EXPECT_THAT(o.listen_addresses, ElementsAre(":8000"));
  EXPECT_EQ(o.telemetry_path, "/metrics");
  EXPECT_EQ(o.max_requests, 40U);
  EXPECT_EQ(o.log_level, LogLevel::kInfo);
  EXPECT_EQ(o.log_format, LogFormat::kText);
  EXPECT_FALSE(o.serve || o.raw_filter || o.wait_interface || o.systemd_socket);
  EXPECT_EQ(o.config_path, "");
  EXPECT_THAT(o.warnings, IsEmpty());
}

TEST_F(OptionsTest, IdleTimeoutAppliesToFilesOnlyIfSetAsAFlag) {
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  EXPECT_EQ(Parse({"--idle-timeout", "0"}).idle_timeout, milliseconds(0));
  EXPECT_EQ(Parse({"-r", "x.pcap"}).idle_timeout, milliseconds(0));
  EXPECT_EQ(Parse({"-r", "x.pcap", "--idle-timeout", "5m"}).idle_timeout,
            minutes(5));
  EXPECT_EQ(Parse({"-r", "x.pcap", "--openmetrics", "-"}).idle_timeout,
            minutes(15));
  environment_.Set("NTM_IDLE_TIMEOUT", "5m");
  EXPECT_EQ(Parse({"-r", "x.pcap"}).idle_timeout, milliseconds(0));
}

struct FilterCase {
  const char* name;
  std::vector<std::string> words;
  const char* filter;
};

class OptionsFilterTest : public OptionsTest,
                          public testing::WithParamInterface<FilterCase> {};

TEST_P(OptionsFilterTest, ReachesLibpcapUnchanged) {
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
                   {"tcp", "-p", "9", "port", "--serve", "-r", "f", "80"},
                   "tcp port 80"},
        FilterCase{"AfterAListenAddress",
                   {"--web.listen-address", ":1", "udp"},
                   "udp"},
        FilterCase{"NamedLikeAnOption", {"port", "80"}, "port 80"},
        FilterCase{"NamedLikeASubcommand", {"host", "doctor"}, "host doctor"},
        FilterCase{"QuotesInside", {"host 'a\"b'"}, "host 'a\"b'"},
        FilterCase{"Empty", {""}, ""}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(OptionsTest, AcceptsInterfacesAsWordsAndWithCommas) {
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
                  {"--raw-filter=maybe"},
                  "--raw-filter: 'maybe' is not true or false"},
        UsageCase{
            "ListenWithoutPort", {"--web.listen-address", "8000"}, "host:port"},
        UsageCase{"ListenIpv6WithoutBrackets",
                  {"--web.listen-address", "::1:8000"},
                  "needs brackets"},
        UsageCase{"ListenPort",
                  {"--web.listen-address", ":x"},
                  "in ':x', 'x' is not a number"},
        UsageCase{"TelemetryPathRelative",
                  {"--web.telemetry-path", "m"},
                  "'m' is not a path"},
        UsageCase{"TelemetryPathTaken",
                  {"--web.telemetry-path", "/-/ready"},
                  "are reserved"},
        UsageCase{"ServeWithoutFile", {"--serve"}, "--serve: "},
        UsageCase{"WaitWithFile",
                  {"--wait-interface", "-r", "x"},
                  "--wait-interface: "},
        UsageCase{
            "InterfaceWithFile", {"-i", "eth0", "-r", "x"}, "--interface: "},
        UsageCase{"NoThread", {"--capture-threads", "0"}, "from 1 to 64"},
        UsageCase{"ThreadsTooMany", {"--capture-threads", "65"}, "1 to 64"},
        UsageCase{"ThreadsWithFile",
                  {"--capture-threads", "2", "-r", "x"},
                  "--capture-threads: a file is read by one thread"},
        UsageCase{"ThreadsWithCount",
                  {"--capture-threads", "2", "--count", "5"},
                  "--capture-threads: --count needs a single capture thread"},
        UsageCase{"ThreadsWithTooFewSeries",
                  {"--capture-threads", "4", "--max-series", "63"},
                  "4 threads share 63"},
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

TEST_F(OptionsTest, CheckConfigPrintsEverySettingAndItsOrigin) {
  environment_.Set("NTM_BIND", "::1");
  const std::string file = WriteFile("raw-filter: true\n");
  const Options o =
      Parse({"--check-config", "-c", file, "-i", "a,b", "tcp[13] & 2 != 0"});
  EXPECT_EQ(o.action, Action::kCheckConfig);
  for (const std::string& line :
       {std::string("configuration ok\n# options that are set, and where\n"),
        std::string("\ninterface: [a, b]  # flag\n"),
        std::string("\nfilters: \"tcp[13] & 2 != 0\"  # flag\n"),
        std::string("\nbind-ip: ::1  # env NTM_BIND\n"),
        "\nraw-filter: true  # file " + file + ":1\n",
        std::string("\nport: 8000  # default\n"),
        std::string("\ndisk.row-interval: 60  # default\n")}) {
    EXPECT_THAT(o.text, HasSubstr(line));
  }
  EXPECT_THAT(o.text, Not(HasSubstr("check-config")));
  const size_t defaults = o.text.find("\n\n# options at their defaults\n");
  EXPECT_LT(o.text.find("\nraw-filter:"), defaults);
  EXPECT_GT(o.text.find("\nport:"), defaults);
  EXPECT_EQ(o.text.find("# default"), o.text.find("# default", defaults));
}

TEST_F(OptionsTest, ReadsSeveralFilesInTheirOrder) {
  EXPECT_THAT(Parse({"-r", "a,1.pcap", "--read", "-", "--read=b"}).read_paths,
              ElementsAre("a,1.pcap", "-", "b"));
  EXPECT_THAT(Parse({"-c", WriteFile("read: [a, b]\n")}).read_paths,
              ElementsAre("a", "b"));
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
