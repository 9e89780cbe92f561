#include "web_server.h"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answer_cache.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr std::chrono::minutes kLogRefusalsEvery{1};

// The address for a browser on this machine: [::] and 0.0.0.0 (every address)
// become 127.0.0.1.
std::string Reachable(const std::string& address) {
  for (const std::string_view every : {"[::]:", "0.0.0.0:"}) {
    if (address.starts_with(every)) {
      return "127.0.0.1:" + address.substr(every.size());
    }
  }
  return address;
}

}  // namespace

WebServer::WebServer(const Options& options, ModuleHost* host)
    : options_(options),
      host_(host),
      settings_(ReadWebSettings(options, host->WritesNeedToken())),
      files_(settings_.paths),
      access_(std::make_shared<AccessRule>(settings_.access)),
      refusals_(std::make_shared<HttpRefusals>()) {
  host_->SetFamily([refusals = refusals_] { return refusals->Family(); });
}

void WebServer::Bind() {
  HttpServerOptions server_options;
  server_options.listen_addresses = options_.listen_addresses;
  server_options.systemd_socket = options_.systemd_socket;
  server_options.max_requests = options_.max_requests;
  server_options.access = access_;
  server_options.refusals = refusals_;
  server_options.security = settings_.http;
  std::vector<Route> routes = host_->Routes();
  routes.insert(routes.end(), routes_.begin(), routes_.end());
  server_ = std::make_unique<HttpServer>(
      std::move(server_options),
      WithAnswerCache(std::move(routes), options_.api_cache),
      host_->Channels());
  server_->Bind();
}

void WebServer::Start() {
  server_->Start();
  for (const std::string& address : server_->addresses()) {
    spdlog::info("serving {}://{}{} (bound to {})",
                 settings_.http.tls ? "https" : "http", Reachable(address),
                 options_.telemetry_path, address);
  }
  const std::string warning = WarningFor(server_->addresses(), settings_);
  if (!warning.empty()) spdlog::warn(warning);
}

void WebServer::Take(WebSettings settings) {
  server_->Set(settings.http);
  access_->Set(settings.access);
  files_ = ChangeDetector(settings.paths);
  settings_ = std::move(settings);
}

void WebServer::OnTick() {
  CheckFiles();
  LogRefusals();
}

void WebServer::LogRefusals() {
  const auto now = std::chrono::steady_clock::now();
  if (refusals_logged_at_ && now - *refusals_logged_at_ < kLogRefusalsEvery) {
    return;
  }
  const std::string line = refusals_->TakeLine();
  if (line.empty()) return;
  refusals_logged_at_ = now;
  spdlog::warn("http: {}", line);
}

void WebServer::CheckFiles() {
  if (!files_.HaveChanged()) return;
  try {
    Take(ReadWebSettings(options_, host_->WritesNeedToken()));
    spdlog::info("web: certificates, users and tokens were reloaded");
  } catch (const std::exception& error) {
    spdlog::error("web: {}; the old settings stay in effect", error.what());
  }
}

void WebServer::Stop() { server_.reset(); }

void WebServer::SetLocalNetworks(
    std::shared_ptr<const LocalNetworks> networks) {
  access_->SetLocalNetworks(std::move(networks));
}

}  // namespace ntm
