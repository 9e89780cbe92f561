#include "web_server.h"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>
#include <utility>

namespace ntm {
namespace {

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

WebServer::WebServer(const Options& options, Exporter* exporter)
    : options_(options),
      exporter_(exporter),
      settings_(ReadWebSettings(options, exporter->WritesNeedToken())),
      access_(std::make_shared<AccessRule>(settings_.access)) {}

void WebServer::Bind() {
  HttpServerOptions server_options;
  server_options.listen_addresses = options_.listen_addresses;
  server_options.systemd_socket = options_.systemd_socket;
  server_options.max_requests = options_.max_requests;
  server_options.access = access_;
  server_ = std::make_unique<HttpServer>(
      std::move(server_options), exporter_->Routes(), exporter_->Channels());
  server_->Bind();
}

void WebServer::Start() {
  server_->Start();
  for (const std::string& address : server_->addresses()) {
    spdlog::info("serving http://{}{} (bound to {})", Reachable(address),
                 options_.telemetry_path, address);
  }
  const std::string warning = WarningFor(server_->addresses(), settings_);
  if (!warning.empty()) spdlog::warn(warning);
}

void WebServer::Stop() { server_.reset(); }

void WebServer::SetLocalNetworks(
    std::shared_ptr<const LocalNetworks> networks) {
  access_->SetLocalNetworks(std::move(networks));
}

}  // namespace ntm
