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

// A socket's address as a person can open it: [::] and 0.0.0.0 are every
// address, so the one of this machine itself.
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
      marks_(settings_.paths),
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
  marks_ = ChangeDetector(settings.paths);
  settings_ = std::move(settings);
}

void WebServer::OnTick() {
  CheckFiles();
  LogRefusals();
}

void WebServer::LogRefusals() {
  const auto now = std::chrono::steady_clock::now();
  if (told_refusals_at_ && now - *told_refusals_at_ < kLogRefusalsEvery) {
    return;
  }
  const std::string line = refusals_->TakeLine();
  if (line.empty()) return;
  told_refusals_at_ = now;
  spdlog::warn("http: {}", line);
}

void WebServer::CheckFiles() {
  if (!marks_.HaveChanged()) return;
  try {
    Take(ReadWebSettings(options_, host_->WritesNeedToken()));
    spdlog::info("web: certificates, users and tokens are read again");
  } catch (const std::exception& error) {
    spdlog::error("web: {}; what was read before stays in force", error.what());
  }
}

void WebServer::Stop() { server_.reset(); }

void WebServer::SetLocalNetworks(
    std::shared_ptr<const LocalNetworks> networks) {
  access_->SetLocalNetworks(std::move(networks));
}

}  // namespace ntm
