#include "app/options/env_file.h"

#include <gtest/gtest.h>

#include "ntm/base/error.h"

namespace ntm {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

TEST(EnvFileTest, HasNamesAndValuesInOrder) {
  const Variables expected = {
      {"NTM_PORT", "9100"}, {"LOG_LEVEL", "DEBUG"},
      {"EMPTY", ""},        {"QUOTED", ""},
      {"SPACED", "a b"},    {"URL", "http://host/#part"},
      {"EQUALS", "a=b"}};
  EXPECT_EQ(ParseEnvFile("# a comment\n"
                         "NTM_PORT=9100\n"
                         "\n"
                         "  export LOG_LEVEL = DEBUG  \r\n"
                         "EMPTY=\n"
                         "QUOTED=''\n"
                         "SPACED=a b # said of it\n"
                         "URL=http://host/#part\n"
                         "EQUALS=a=b",
                         ".env"),
            expected);
}

TEST(EnvFileTest, RemovesQuotes) {
  const Variables expected = {
      {"A", "1 # 2"}, {"B", "x\n\"\\y"}, {"C", "a\\n\"b"}};
  EXPECT_EQ(ParseEnvFile("A=\"1 # 2\" # rest\n"
                         "B=\"x\\n\\\"\\\\y\"\n"
                         "C='a\\n\"b'\n",
                         ".env"),
            expected);
}

TEST(EnvFileTest, RefusesMalformedLinesByNumber) {
  for (const char* line : {"no equals sign", "=value", "1A=2", "A-B=c",
                           "A=\"open", "A='open", "A=\"x\" y", "A=\"x\\"}) {
    try {
      ParseEnvFile("OK=1\n" + std::string(line) + "\n", ".env");
      FAIL() << line << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), kExitFailure);
      EXPECT_EQ(std::string(error.what()).rfind(".env:2: ", 0), 0U)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace ntm
