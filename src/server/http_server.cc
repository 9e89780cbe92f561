#include "ntm/server/http_server.h"

// clang-format off
#include "asio.h"
// clang-format on

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "http_session.h"
#include "listen_socket.h"
#include "ntm/access/connection_slots.h"
#include "ntm/access/peer.h"
#include "ntm/base/thread_work.h"
#include "ntm/net/network.h"
#include "workers.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kThreads = 2;
constexpr int kAnswerThreads = 2;
constexpr int kDiskThreads = 2;
constexpr int kPasswordThreads = 1;
// Including the connections that are being refused.
constexpr size_t kOtherDescriptors = 64 + kMaxRefusedConnections;
constexpr size_t kFewestConnections = 16;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::minutes kWarningInterval{1};
constexpr std::chrono::milliseconds kCloseTimeout{100};

size_t ConnectionLimit(size_t wanted) {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0 ||
      descriptors.rlim_cur == RLIM_INFINITY) {
    return wanted;
  }
  const size_t possible =
      std::max<size_t>(descriptors.rlim_cur,
                       kOtherDescriptors + kFewestConnections) -
      kOtherDescriptors;
  return std::min(wanted, possible);
}

// Logs that connections cannot be accepted, at most once a minute.
class RareWarning {
 public:
  void Log(const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    if (!logged_at_ || now - *logged_at_ >= kWarningInterval) {
      logged_at_ = now;
      spdlog::warn("http: cannot accept connections for now: {}", why);
    }
  }

 private:
  std::optional<std::chrono::steady_clock::time_point> logged_at_;
};

PeerKind KindOf(const Address& peer, const AccessRule* access) {
  if (IsLoopback(peer)) return PeerKind::kThisMachine;
  const bool is_local =
      access != nullptr ? access->IsLocal(peer) : IsLocal(peer);
  return is_local ? PeerKind::kLocal : PeerKind::kOther;
}

void Admit(tcp::socket socket, HttpContext& context, RareWarning& warning) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const std::string address = PeerAddress(socket);
  const Address peer = OnePeer(address);
  try {
    auto slot =
        context.slots.Take(peer, KindOf(peer, context.options.access.get()));
    if (slot) {
      ServeConnection(std::move(socket), std::move(*slot), context);
    } else {
      context.Note(RefusalReason::kConnections, address);
      RefuseConnection(std::move(socket), context);
    }
  } catch (const std::exception& error) {
    warning.Log(error.what());
  }
}

asio::awaitable<void> AcceptLoop(asio::io_context& io, tcp::acceptor acceptor,
                                 HttpContext& context) {
  RareWarning warning;
  asio::steady_timer pause(acceptor.get_executor());
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (true) {
    const asio::any_io_executor strand = asio::make_strand(io);
    tcp::socket socket = co_await acceptor.async_accept(strand, token);
    if (!error) {
      Admit(std::move(socket), context, warning);
    } else if (error != asio::error::connection_aborted) {
      // No file descriptor or memory is left. The connection stays in the
      // backlog, so without a pause the error would repeat at once.
      warning.Log(error.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(token);
    }
  }
}

}  // namespace

class HttpServer::Server {
 public:
  Server(const HttpServerOptions& options, const std::vector<Route>& routes,
         const std::vector<std::shared_ptr<Channel>>& channels)
      : context_{options,
                 HttpRouter(routes),
                 channels,
                 answering_,
                 disk_,
                 passwords_,
                 ConnectionSlots(ConnectionLimit(options.max_connections))} {
    context_.Set(options.security);
  }

  ~Server() {
    CloseChannels();
    io_.stop();
    for (std::thread& thread : threads_) {
      thread.join();
    }
    for (Workers* workers : {&answering_, &disk_, &passwords_}) workers->Stop();
  }

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void Bind();
  void Start();

  void Set(const HttpSecurity& security) { context_.Set(security); }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  void CloseChannels();
  void Accept(Descriptor socket);
  void Run();

  // Constant after Start()
  std::vector<std::string> addresses_;

  HttpContext context_;
  // Destroyed before context_, which its coroutines use.
  asio::io_context io_;
  // Destroyed before io_, whose sockets are owned by the coroutines that wait
  // in these.
  Workers answering_{"ntm-answer"};
  Workers disk_{"ntm-disk"};
  Workers passwords_{"ntm-password"};
  std::vector<std::thread> threads_;
};

void HttpServer::Server::Bind() {
  std::vector<Descriptor> sockets;
  if (context_.options.systemd_socket) {
    sockets = TakeSystemdSockets();
  } else {
    for (const std::string& address : context_.options.listen_addresses) {
      sockets.push_back(OpenListenSocket(ParseListenAddress(address)));
    }
  }
  for (Descriptor& socket : sockets) {
    addresses_.push_back(BoundAddress(socket));
    spdlog::debug("http: listening on {}", addresses_.back());
    Accept(std::move(socket));
  }
}

void HttpServer::Server::Start() {
  // Only the main thread handles signals; new threads inherit the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this] {
      pthread_setname_np(pthread_self(), "ntm-http");
      Run();
    });
  }
  answering_.Start(kAnswerThreads);
  disk_.Start(kDiskThreads);
  passwords_.Start(kPasswordThreads);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void HttpServer::Server::Accept(Descriptor socket) {
  const asio::any_io_executor strand = asio::make_strand(io_);
  tcp::acceptor acceptor(strand);
  acceptor.assign(AddressFamily(socket) == AF_INET6 ? tcp::v6() : tcp::v4(),
                  socket.get());
  socket.Release();
  asio::co_spawn(strand, AcceptLoop(io_, std::move(acceptor), context_),
                 asio::detached);
}

void HttpServer::Server::CloseChannels() {
  for (const auto& channel : context_.channels) channel->CloseAll();
  const auto deadline = std::chrono::steady_clock::now() + kCloseTimeout;
  while (context_.websockets != 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void HttpServer::Server::Run() {
  ExceptionGuard guard("thread ntm-http");
  while (!io_.stopped()) guard.Run([this] { io_.run(); });
}

HttpServer::HttpServer(HttpServerOptions options, std::vector<Route> routes,
                       std::vector<std::shared_ptr<Channel>> channels)
    : options_(std::move(options)),
      routes_(std::move(routes)),
      channels_(std::move(channels)) {}

HttpServer::~HttpServer() = default;

void HttpServer::Bind() {
  auto server = std::make_unique<Server>(options_, routes_, channels_);
  server->Bind();
  server_ = std::move(server);
}

void HttpServer::Start() {
  if (!server_) Bind();
  server_->Start();
}

void HttpServer::Set(const HttpSecurity& security) {
  if (server_) server_->Set(security);
  options_.security = security;
}

void HttpServer::Stop() { server_.reset(); }

std::vector<std::string> HttpServer::addresses() const {
  return server_ ? server_->addresses() : std::vector<std::string>();
}

}  // namespace ntm
