#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "options_fixture.h"

namespace ntm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(OptionsTest, FlagsPrecedeVariablesPrecedeTheFile) {
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

TEST_F(OptionsTest, PrefersItsOwnVariablesToLegacyOnes) {
  environment_.Set("NTM_BIND", "127.0.0.2");
  environment_.Set("NTM_BIND_IP", "127.0.0.1");
  environment_.Set("LOG_LEVEL", "error");
  environment_.Set("NTM_LOG_LEVEL", "debug");
  EXPECT_EQ(Parse({}).bind_ip, "127.0.0.1");
  EXPECT_EQ(Parse({}).log_level, LogLevel::kDebug);
}

TEST_F(OptionsTest, APortFlagPrecedesTheFilesListenAddress) {
  const std::string file = WriteFile("web: {listen-address: ':1'}\nport: 2");
  EXPECT_THAT(Parse({"-c", file}).listen_addresses, ElementsAre(":1"));
  EXPECT_THAT(Parse({"-c", file, "-p", "3"}).listen_addresses,
              ElementsAre(":3"));
}

TEST_F(OptionsTest, EmptyVariablesAndKeysCountAsUnset) {
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

TEST_F(OptionsTest, NamesTheLegacyVariableItRefuses) {
  environment_.Set("LOG_LEVEL", "verbose");
  EXPECT_THAT(Refusal({}, kExitUsage), HasSubstr("LOG_LEVEL: 'verbose'"));
}

TEST_F(OptionsTest, WarnsOfAnUnknownVariable) {
  environment_.Set("NTM_SREVE", "true");
  environment_.Set("NTM_INTERFCE", "eth9");
  environment_.Set("NTM_SOMETHING_ELSE", "x");
  EXPECT_THAT(
      Parse({}).warnings,
      UnorderedElementsAre(
          HasSubstr("NTM_SREVE in the environment is not an option; did you "
                    "mean NTM_SERVE?"),
          HasSubstr("did you mean NTM_INTERFACE?"),
          HasSubstr("NTM_SOMETHING_ELSE in the environment is not an option; "
                    "ntm --help all")));
}

TEST_F(OptionsTest, DoesNotWarnOfVariablesFromKubernetes) {
  for (const char* name :
       {"NTM_SERVICE_HOST", "NTM_SERVICE_PORT", "NTM_SERVICE_PORT_METRICS",
        "NTM_HUB_SERVICE_HOST", "NTM_HUB_SERVICE_PORT_HTTP",
        "NTM_PORT_8000_TCP", "NTM_PORT_8000_TCP_PROTO",
        "NTM_PORT_8000_TCP_PORT", "NTM_HUB_PORT_53_UDP_ADDR"}) {
    environment_.Set(name, "x");
  }
  environment_.Set("NTM_HUB_PORT", "tcp://10.96.0.8:8000");
  EXPECT_THAT(Parse({}).warnings, IsEmpty());
  environment_.Set("NTM_HUB_PORT", "8000");
  EXPECT_EQ(Parse({}).warnings.size(), 1U);
}

// docker run --env-file does not remove quotes.
TEST_F(OptionsTest, NamesTheVariableThatHasQuotes) {
  environment_.Set("NTM_FILTERS", "\"port 80\"");
  EXPECT_THAT(Refusal({}, kExitUsage),
              AllOf(HasSubstr("NTM_FILTERS: "), HasSubstr("the quotes are")));
  environment_.Set("NTM_FILTERS", "port 80");
  environment_.Set("NTM_PORT", "'8000'");
  EXPECT_THAT(Refusal({}, kExitUsage),
              AllOf(HasSubstr("NTM_PORT: "), HasSubstr("the quotes are")));
  environment_.Set("NTM_PORT", "8000");
  environment_.Set("NTM_SERVICES_FILE", "\"/etc/services\"");
  EXPECT_THAT(Parse({}).warnings,
              ElementsAre(AllOf(HasSubstr("NTM_SERVICES_FILE: "),
                                HasSubstr("the quotes are"))));
}

// Kubernetes sets this in every pod if there is a Service named ntm.
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

TEST_F(OptionsTest, ReadsTheConfigurationFileNamedInTheEnvironment) {
  environment_.Set("NTM_CONFIG", WriteFile("port: 7"));
  EXPECT_EQ(Parse({}).port, 7);
  EXPECT_EQ(Parse({"--config", WriteFile("port: 8", "8.yaml")}).port, 8);
}

TEST_F(OptionsTest, ReportsAMissingConfigurationFile) {
  EXPECT_EQ(Refusal({"-c", PathOf("none.yaml")}, kExitFailure),
            "Configuration file not found: " + PathOf("none.yaml"));
}

TEST_F(OptionsTest, ReportsAFolderAsConfigurationFile) {
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
        FileCase{"UnknownKey", "serve: true\n\nprot: 80\n",
                 ":3: unknown key 'prot'; did you mean 'port'?"},
        FileCase{"UnknownNestedKey", "web:\n  max_request: 1\n",
                 ":2: unknown key 'web.max_request'; did you mean "
                 "'web.max-requests'?"},
        FileCase{"UnknownOldKey", "logging:\n  levle: INFO\n",
                 ":2: unknown key 'logging.levle'; did you mean "
                 "'logging.level'?"},
        FileCase{"NothingNear", "zzzzzzzzzzzzzzzzzz: 1\n",
                 ":1: unknown key 'zzzzzzzzzzzzzzzzzz'; ntm --help all"},
        FileCase{"CommandIsNoKey", "version: true\n", ":1: unknown key"},
        FileCase{"FileInTheFile", "config: x\n", ":1: unknown key"},
        FileCase{"Value", "serve: true\nport: abc\n",
                 ":2: port: 'abc' is not a number from 0 to 65535"},
        FileCase{"ModulesValue", "disk:\n  row_interval: 0\n",
                 ":2: disk.row-interval: Value 0 not in range"},
        FileCase{"Combination", "serve: true\n", ":1: serve: "},
        FileCase{"Twice", "port: 1\nport: 2\n",
                 ":2: 'port' is already set in line 1"},
        FileCase{"TwiceInTwoSpellings", "bind_ip: ::1\nbind: ::2\n",
                 ":2: 'bind' is already set in line 1"},
        FileCase{"ListForOneValue", "port: [1, 2]\n",
                 ":1: port: expected one value, not a list"},
        FileCase{"ListOfLists", "interface:\n  - [eth0]\n",
                 ":2: the list 'interface' must contain only plain values"},
        FileCase{"NotYaml", "port: 1\nfilters: [abc\n", ":3: not YAML: "},
        FileCase{"NotAMap", "- port\n", ":1: 'key: value' lines"},
        FileCase{"KeyIsAList", "[a, b]: 1\n", ":1: a key must be a plain word"},
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
  EXPECT_EQ(o.log_file.path, "logs/network_monitor.log");
  EXPECT_EQ(o.log_file.max_bytes, 10U << 20);
  EXPECT_EQ(o.log_file.backup_count, 5U);
  ASSERT_TRUE(o.log_pattern);
  EXPECT_EQ(o.log_pattern->Line({}, "info", "text").substr(23), " - text");
  // The keys of modules that are not part of this test.
  EXPECT_EQ(o.warnings.size(), 10U);
  EXPECT_THAT(o.warnings.front(),
              HasSubstr(":1: 'database_file' is not supported by this version "
                        "yet"));
}

TEST_F(OptionsTest, ModulesOptionsHaveTheSameThreeSources) {
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

TEST_F(OptionsTest, AReadFlagPrecedesTheFilesInterface) {
  const Options o = Parse({"-r", "-", "--serve", "-c",
                           WriteFile("interface: eth0\nwait-interface: true")});
  EXPECT_THAT(o.read_paths, ElementsAre("-"));
  EXPECT_TRUE(o.serve);
  EXPECT_THAT(o.interfaces, IsEmpty());
  EXPECT_FALSE(o.wait_interface);
}

TEST_F(OptionsTest, UsesOneThreadForFilesAndCount) {
  const std::string file = WriteFile("capture-threads: 4");
  EXPECT_EQ(Parse({"-c", file}).capture_threads, 4U);
  EXPECT_EQ(Parse({"-c", file, "--read", "x"}).capture_threads, 1U);
  EXPECT_EQ(Parse({"-c", file, "--count", "5"}).capture_threads, 1U);
  EXPECT_EQ(Parse({"--capture-threads", "4", "--count", "0"}).capture_threads,
            4U);
  EXPECT_THAT(
      Refusal({"--capture-threads", "4", "-c", WriteFile("count: 5")}, 2),
      HasSubstr("--capture-threads"));
}

TEST_F(OptionsTest, AnEnvFileDoesNotChangeTheEnvironment) {
  const std::string file =
      WriteFile("NTM_PORT=9100\nNTM_TRIAL_ELSE=kept\n", "env");
  const Options options = Parse({"--env-file", file});
  EXPECT_EQ(options.port, 9100);
  EXPECT_EQ(std::getenv("NTM_PORT"), nullptr);
  EXPECT_EQ(std::getenv("NTM_TRIAL_ELSE"), nullptr);
  EXPECT_THAT(options.environment,
              testing::ElementsAre(testing::Pair("NTM_TRIAL_ELSE", "kept")));
}

TEST_F(OptionsTest, ReadsTheEnvFileAgainAndTheEnvironmentPrecedesIt) {
  const std::string file = WriteFile("NTM_PORT=9100\nNTM_COUNT=1\n", "env");
  environment_.Set("NTM_COUNT", "2");
  EXPECT_EQ(Parse({"--env-file", file}).count, 2U);
  WriteFile("NTM_PORT=9200\n", "env");
  EXPECT_EQ(Parse({"--env-file", file}).port, 9200);
}

TEST_F(OptionsTest, ReportsADefaultFileInAnInaccessibleFolder) {
  std::filesystem::create_symlink("default.yaml", PathOf("default.yaml"));
  EXPECT_THAT(Refusal({}, 1), testing::HasSubstr("cannot look for"));
}

}  // namespace
}  // namespace ntm
