#include "app/options/web_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ntm/base/error.h"

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr char kHash[] =
    "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";

class WebConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ntm-web-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Write("the certificate", "cert.pem");
    Write("the key", "key.pem");
    Write("the ca", "ca.pem");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& text,
                    const std::string& name = "web.yml") const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }

  WebConfig Read(const std::string& text) const {
    return ReadWebConfig(Write(text));
  }

  std::string Refusal(const std::string& text) const {
    try {
      Read(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  }

  std::filesystem::path folder_;
};

TEST_F(WebConfigTest, AnEmptyFileConfiguresNothing) {
  for (const char* text : {"", "# nothing\n", "basic_auth_users:\n"}) {
    const WebConfig config = Read(text);
    EXPECT_FALSE(config.tls) << text;
    EXPECT_TRUE(config.users.empty()) << text;
    EXPECT_THAT(config.paths, ElementsAre((folder_ / "web.yml").string()));
  }
}

TEST_F(WebConfigTest, ReadsEverySharedSetting) {
  const WebConfig config = Read(std::string(R"(
tls_server_config:
  cert_file: cert.pem
  key_file: key.pem
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [prometheus.example.org]
  min_version: TLS13
  prefer_server_cipher_suites: true
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: SAMEORIGIN
basic_auth_users:
  alice: )") + kHash + "\n");
  ASSERT_TRUE(config.tls);
  EXPECT_EQ(config.tls->certificate_pem, "the certificate");
  EXPECT_EQ(config.tls->key_pem, "the key");
  EXPECT_EQ(config.tls->client_ca_pem, "the ca");
  EXPECT_EQ(config.tls->client_certificate,
            ClientCertificate::kRequireAndVerify);
  EXPECT_THAT(config.tls->client_names, ElementsAre("prometheus.example.org"));
  EXPECT_EQ(config.tls->min_version, TlsVersion::kTls13);
  EXPECT_THAT(config.tls->curves, ElementsAre("P-256", "X25519"));
  EXPECT_THAT(config.headers,
              ElementsAre(Pair("X-Frame-Options", "SAMEORIGIN")));
  EXPECT_THAT(config.users, ElementsAre(Pair("alice", kHash)));
  EXPECT_EQ(config.paths.size(), 4U);
}

TEST_F(WebConfigTest, TlsIsAtLeast12) {
  const std::string tls =
      "tls_server_config: {cert_file: cert.pem, key_file: key.pem";
  EXPECT_EQ(Read(tls + "}").tls->min_version, TlsVersion::kTls12);
  for (const char* old : {"TLS10", "TLS11", "SSL30"}) {
    EXPECT_THAT(Refusal(tls + ", min_version: " + old + "}"),
                HasSubstr("TLS12 or TLS13"));
  }
}

TEST_F(WebConfigTest, RefusesUnknownSettingsAndNamesTheLine) {
  const std::string tls =
      "tls_server_config: {cert_file: cert.pem, key_file: key.pem";
  const struct {
    std::string text;
    const char* why;
  } cases[] = {
      {"a: [\n", "not YAML"},
      {"- a\n", "'key: value' lines"},
      {"basic_auth_user: {}\n", "web.yml:1: unknown key 'basic_auth_user'"},
      {"\ntls_server_config: {cert_file: cert.pem}\n", "needs cert_file and"},
      {"tls_server_config: {cert_file: none.pem, key_file: key.pem}\n",
       "none.pem: cannot be read"},
      {tls + ", cert: x}\n", "cannot be used together"},
      {tls + ", client_auth_type: RequireAndVerifyClientCert}\n",
       "needs client_ca_file"},
      {tls + ", client_auth_type: Sometimes}\n", "client_auth_type must be"},
      {tls + ", client_ca_file: ca.pem}\n", "has no effect"},
      {tls + ", min_version: TLS13, max_version: TLS12}\n", "above"},
      {tls + ", curve_preferences: [P999]}\n", "curve_preferences may contain"},
      {"http_server_config: {headers: {Server: x}}\n", "unknown key 'Server'"},
      {"rate_limit: {burst: 1}\n", "not supported"},
      {"basic_auth_users: {'a:b': x}\n", "without a colon"},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(Refusal(one.text), HasSubstr(one.why)) << one.text;
  }
  EXPECT_THROW(ReadWebConfig((folder_ / "none.yml").string()), Error);
  EXPECT_THROW(ReadWebConfig(folder_.string()), Error);
}

TEST_F(WebConfigTest, NeverRepeatsASecret) {
  const std::string refusal =
      Refusal("basic_auth_users:\n  alice: plainly-a-password\n");
  EXPECT_THAT(refusal, HasSubstr("web.yml:2: the hash of user 'alice'"));
  EXPECT_THAT(refusal, Not(HasSubstr("plainly")));
}

}  // namespace
}  // namespace ntm
