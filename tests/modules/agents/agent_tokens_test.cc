#include "modules/agents/agent_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"

namespace ntm::agents {
namespace {

TEST(AgentTokensTest, AllowsAFreeTokenForAllAgentsAndABoundTokenForOne) {
  const AgentTokens tokens(
      {"free-token", "web1:bound-token", "web2:shared", "web3:shared"}, "f");
  EXPECT_TRUE(tokens.Knows("free-token"));
  EXPECT_TRUE(tokens.Knows("bound-token"));
  EXPECT_TRUE(tokens.Allows("free-token", "anyone"));
  EXPECT_TRUE(tokens.Allows("bound-token", "web1"));
  EXPECT_FALSE(tokens.Allows("bound-token", "web2"));
  EXPECT_TRUE(tokens.Allows("shared", "web2"));
  EXPECT_TRUE(tokens.Allows("shared", "web3"));
  EXPECT_FALSE(tokens.Allows("shared", "web1"));
  for (const char* wrong :
       {"", "free-toke", "free-token ", "web1:bound-token", "FREE-TOKEN"}) {
    EXPECT_FALSE(tokens.Knows(wrong)) << wrong;
    EXPECT_FALSE(tokens.Allows(wrong, "web1")) << wrong;
  }
}

TEST(AgentTokensTest, RefusesInvalidLinesWithoutPrintingThem) {
  for (const char* line : {"two words", "a/b:secret", ":secret", "web1:",
                           "s\xc3\xa4"
                           "cret",
                           "a:b:c"}) {
    try {
      AgentTokens({"fine", line}, "path");
      ADD_FAILURE() << line;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("path"));
      EXPECT_THAT(error.what(), testing::HasSubstr("entry 2"));
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr(line)));
    }
  }
  EXPECT_THROW(AgentTokens({}, "path"), Error);
}

TEST(AgentTokensTest, FindsTheTokenOfEitherScheme) {
  EXPECT_EQ(TokenIn("Bearer abc"), "abc");
  EXPECT_EQ(TokenIn("bearer   abc"), "abc");
  EXPECT_EQ(TokenIn("Basic dXNlcjpwYXNz"), "pass");       // user:pass
  EXPECT_EQ(TokenIn("BASIC OnBhOnNz"), "pa:ss");          // :pa:ss
  EXPECT_EQ(TokenIn("Basic dXNlcjpwYXNzMQ=="), "pass1");  // one byte more
  EXPECT_EQ(TokenIn("Basic dXNlcjo="), "");               // user:
  for (const char* header :
       {"", "abc", "Bearer", "Basic", "Basic ", "Basic dXNlcg==",  // user
        "Basic ====", "Basic dXNlcjpwYXN", "Basic !!!!", "Digest abc"}) {
    EXPECT_EQ(TokenIn(header), std::nullopt) << header;
  }
}

class SecretFileTest : public testing::Test {
 protected:
  std::string File(const std::string& text, mode_t mode = 0600) {
    const std::string path = testing::TempDir() + "ntm-secret-" +
                             std::to_string(getpid()) + "-" +
                             std::to_string(made_.size());
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    made_.push_back(path);
    return path;
  }
  void TearDown() override {
    for (const std::string& path : made_) std::filesystem::remove(path);
  }

  std::vector<std::string> made_;
};

TEST_F(SecretFileTest, ReadsLinesWithoutBlanksAndComments) {
  const std::string path = File("# who\n\n  one \r\nweb1:two\n\t\nlast");
  EXPECT_THAT(ReadSecretLines(path, "--x"),
              testing::ElementsAre("one", "web1:two", "last"));
}

TEST_F(SecretFileTest, RefusesWorldWritableAndMissingFiles) {
  EXPECT_THROW(ReadSecretLines(File("one\n", 0602), "--x"), Error);
  EXPECT_THROW(ReadSecretLines(testing::TempDir(), "--x"), Error);
  EXPECT_THROW(ReadSecretLines(testing::TempDir() + "none-there", "--x"),
               Error);
  EXPECT_THROW(ReadSecretLines(File(std::string(1 << 21, 'a')), "--x"), Error);
  EXPECT_EQ(ReadSecretLines(File("one\n", 0644), "--x").size(), 1U);
}

TEST_F(SecretFileTest, RequiresExactlyOneToken) {
  EXPECT_EQ(ReadToken(File("abc\n"), "--x"), "abc");
  for (const char* text : {"", "a\nb\n", "a b\n", "web1:abc\n", "a\rb\n"}) {
    EXPECT_THROW(ReadToken(File(text), "--x"), Error) << text;
  }
}

}  // namespace
}  // namespace ntm::agents
