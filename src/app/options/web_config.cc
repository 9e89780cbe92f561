#include "web_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/http/credentials.h"

namespace ntm {
namespace {

constexpr size_t kMostBytes = 1024 * 1024;

std::string ReadWhole(const std::string& path, const std::string& what) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    text.append(block.data(), static_cast<size_t>(file.gcount()));
    if (text.size() > kMostBytes) {
      throw Error(what + " " + path +
                  ": is larger than 1 MiB; is it the right file?");
    }
  }
  if (!file.eof()) {
    throw Error(what + " " + path + ": cannot be read: " +
                std::strerror(errno != 0 ? errno : EISDIR));
  }
  return text;
}

class WebReader {
 public:
  explicit WebReader(const std::string& path) : path_(path) {
    config_.paths.push_back(path);
  }

  WebConfig Read(const YAML::Node& root) {
    if (root.IsNull()) return std::move(config_);
    CheckKeys(root, "",
              {"tls_server_config", "basic_auth_users", "http_server_config",
               "rate_limit"});
    if (const YAML::Node limit = root["rate_limit"]) {
      Refuse(limit, "rate_limit is not supported; see --web.max-requests");
    }
    if (const YAML::Node tls = root["tls_server_config"]) ReadTls(tls);
    if (const YAML::Node users = root["basic_auth_users"]) ReadUsers(users);
    if (const YAML::Node http = root["http_server_config"]) ReadHttp(http);
    return std::move(config_);
  }

 private:
  [[noreturn]] void Refuse(const YAML::Node& node,
                           const std::string& why) const {
    throw Error(path_ + ":" + std::to_string(node.Mark().line + 1) + ": " +
                why);
  }

  void CheckKeys(const YAML::Node& map, const std::string& name,
                 const std::set<std::string>& known) const {
    if (!map.IsMap()) {
      Refuse(map, name.empty() ? "'key: value' lines are expected"
                               : name + " must contain 'key: value' lines");
    }
    for (const auto& entry : map) {
      const std::string key =
          entry.first.IsScalar() ? entry.first.Scalar() : "?";
      if (!known.contains(key))
        Refuse(entry.first, "unknown key '" + key + "'");
    }
  }

  std::string Text(const YAML::Node& map, const char* key) const {
    const YAML::Node value = map[key];
    if (!value || value.IsNull()) return "";
    if (!value.IsScalar()) {
      Refuse(value, std::string(key) + " is one value, not several");
    }
    return value.Scalar();
  }

  std::vector<std::string> Texts(const YAML::Node& map, const char* key) const {
    std::vector<std::string> texts;
    const YAML::Node list = map[key];
    if (!list || list.IsNull()) return texts;
    if (!list.IsSequence()) Refuse(list, std::string(key) + " is a list");
    for (const YAML::Node& element : list) {
      if (!element.IsScalar()) {
        Refuse(element, std::string(key) + " is a list of plain values");
      }
      texts.push_back(element.Scalar());
    }
    return texts;
  }

  // The PEM text given directly or in a file.
  std::string Pem(const YAML::Node& tls, const char* key,
                  const char* file_key) {
    std::string text = Text(tls, key);
    std::string file = Text(tls, file_key);
    if (file.empty()) return text;
    if (!text.empty()) {
      Refuse(tls, std::string(key) + " and " + file_key +
                      " cannot be used together; leave out one of the two");
    }
    const auto folder = std::filesystem::path(path_).parent_path();
    file = (folder / file).string();
    config_.paths.push_back(file);
    return ReadWhole(file, file_key);
  }

  TlsVersion Version(const YAML::Node& tls, const char* key,
                     TlsVersion usual) const {
    const std::string text = Text(tls, key);
    if (text.empty()) return usual;
    if (text == "TLS12") return TlsVersion::kTls12;
    if (text == "TLS13") return TlsVersion::kTls13;
    Refuse(tls[key],
           std::string(key) +
               " must be TLS12 or TLS13; older versions are insecure");
  }

  ClientCertificate ClientAuth(const YAML::Node& tls) const {
    const std::string text = Text(tls, "client_auth_type");
    constexpr std::array<std::pair<std::string_view, ClientCertificate>, 6>
        kNames{{{"", ClientCertificate::kNone},
                {"NoClientCert", ClientCertificate::kNone},
                {"RequestClientCert", ClientCertificate::kRequest},
                {"RequireAnyClientCert", ClientCertificate::kRequireAny},
                {"VerifyClientCertIfGiven", ClientCertificate::kVerifyIfGiven},
                {"RequireAndVerifyClientCert",
                 ClientCertificate::kRequireAndVerify}}};
    for (const auto& [name, value] : kNames) {
      if (name == text) return value;
    }
    Refuse(tls["client_auth_type"],
           "client_auth_type must be NoClientCert, RequestClientCert, "
           "RequireAnyClientCert, VerifyClientCertIfGiven or "
           "RequireAndVerifyClientCert");
  }

  std::string Curve(const YAML::Node& tls, const std::string& name) const {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> kCurves{
        {{"CurveP256", "P-256"},
         {"CurveP384", "P-384"},
         {"CurveP521", "P-521"},
         {"X25519", "X25519"}}};
    for (const auto& [go, openssl] : kCurves) {
      if (go == name) return openssl;
    }
    Refuse(tls["curve_preferences"],
           "curve_preferences may contain CurveP256, CurveP384, CurveP521 and "
           "X25519");
  }

  void ReadTls(const YAML::Node& tls) {
    CheckKeys(tls, "tls_server_config",
              {"cert", "cert_file", "key", "key_file", "client_ca",
               "client_ca_file", "client_auth_type", "client_allowed_sans",
               "min_version", "max_version", "cipher_suites",
               "prefer_server_cipher_suites", "curve_preferences"});
    TlsSettings settings;
    settings.certificate_pem = Pem(tls, "cert", "cert_file");
    settings.key_pem = Pem(tls, "key", "key_file");
    settings.client_ca_pem = Pem(tls, "client_ca", "client_ca_file");
    if (settings.certificate_pem.empty() || settings.key_pem.empty()) {
      Refuse(tls, "tls_server_config needs cert_file and key_file");
    }
    settings.client_certificate = ClientAuth(tls);
    const bool verifies =
        settings.client_certificate == ClientCertificate::kVerifyIfGiven ||
        settings.client_certificate == ClientCertificate::kRequireAndVerify;
    if (verifies && settings.client_ca_pem.empty()) {
      Refuse(tls["client_auth_type"],
             "client_auth_type needs client_ca_file to verify against");
    }
    if (!settings.client_ca_pem.empty() && !verifies) {
      Refuse(tls,
             "client_ca_file has no effect unless client_auth_type verifies "
             "certificates");
    }
    settings.client_names = Texts(tls, "client_allowed_sans");
    settings.min_version = Version(tls, "min_version", TlsVersion::kTls12);
    settings.max_version = Version(tls, "max_version", TlsVersion::kTls13);
    if (settings.min_version > settings.max_version) {
      Refuse(tls["min_version"], "min_version is above max_version");
    }
    settings.cipher_suites = Texts(tls, "cipher_suites");
    for (const std::string& name : Texts(tls, "curve_preferences")) {
      settings.curves.push_back(Curve(tls, name));
    }
    config_.tls = std::move(settings);
  }

  void ReadUsers(const YAML::Node& users) {
    if (users.IsNull()) return;
    if (!users.IsMap())
      Refuse(users, "basic_auth_users must contain 'name: hash' lines");
    for (const auto& user : users) {
      const bool is_plain = user.first.IsScalar() && user.second.IsScalar();
      const std::string name = is_plain ? user.first.Scalar() : "";
      if (name.empty() || name.find(':') != std::string::npos) {
        Refuse(user.first, "a user name must be a word without a colon");
      }
      if (!IsBcrypt(user.second.Scalar())) {
        Refuse(user.first, "the hash of user '" + name +
                               "' is not a bcrypt hash ($2y$…); `htpasswd "
                               "-nBC 10 \"\"` makes one");
      }
      config_.users[name] = user.second.Scalar();
    }
  }

  void ReadHttp(const YAML::Node& http) {
    CheckKeys(http, "http_server_config", {"http2", "headers"});
    const YAML::Node headers = http["headers"];
    if (!headers || headers.IsNull()) return;
    CheckKeys(
        headers, "headers",
        {"Strict-Transport-Security", "X-Content-Type-Options",
         "X-Frame-Options", "X-XSS-Protection", "Content-Security-Policy"});
    for (const auto& header : headers) {
      if (!header.second.IsScalar()) {
        Refuse(header.first, "a header must have one value");
      }
      config_.headers[header.first.Scalar()] = header.second.Scalar();
    }
  }

  const std::string& path_;
  WebConfig config_;
};

}  // namespace

WebConfig ReadWebConfig(const std::string& path) {
  const std::string text = ReadWhole(path, "--web.config.file");
  try {
    return WebReader(path).Read(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    throw Error(path + ":" + std::to_string(error.mark.line + 1) +
                ": not YAML: " + error.msg);
  }
}

}  // namespace ntm
