#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "http_server_fixture.h"
#include "ntm/base/error.h"
#include "ntm/server/http_server.h"
#include "server/listen_address.h"
#include "server/listen_socket.h"

namespace ntm {
namespace {

using testing::HasSubstr;

TEST_F(HttpServerTest, ListensOnSeveralAddressesAndBothFamilies) {
  options_.listen_addresses = {"127.0.0.1:0", "[::1]:0", "localhost:0"};
  Start();
  const auto addresses = server_->addresses();
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_THAT(addresses[0], testing::StartsWith("127.0.0.1:"));
  EXPECT_THAT(addresses[1], testing::StartsWith("[::1]:"));
  EXPECT_THAT(addresses[2], testing::StartsWith("127.0.0.1:"));
  RawHttpClient v6(addresses[1]);
  v6.Get("/echo");
  EXPECT_THAT(v6.Read()->body, HasSubstr("peer ::1\n"));
}

TEST_F(HttpServerTest, ListensOnEveryAddressIfNoneIsGiven) {
  options_.listen_addresses = {":0"};
  Start();
  ASSERT_THAT(address(), testing::StartsWith("[::]:"));
  const std::string port = address().substr(address().rfind(':'));
  RawHttpClient v4("127.0.0.1" + port);
  v4.Get("/echo");
  EXPECT_THAT(v4.Read()->body, HasSubstr("peer 127.0.0.1\n"));
  RawHttpClient v6("[::1]" + port);
  v6.Get("/echo");
  EXPECT_THAT(v6.Read()->body, HasSubstr("peer ::1\n"));
}

std::string StartError(const std::string& address, int* exit_code = nullptr) {
  HttpServerOptions options;
  options.listen_addresses = {address};
  HttpServer server(options, {});
  try {
    server.Start();
  } catch (const Error& error) {
    if (exit_code != nullptr) {
      *exit_code = error.exit_code();
    }
    return error.what();
  }
  return "it started";
}

TEST_F(HttpServerTest, NamesABusyAddressAndTheRemedy) {
  Start();
  EXPECT_EQ(
      StartError(address()),
      "cannot listen on " + address() +
          ": Address already in use; stop the program that listens there or "
          "choose another port with -p PORT");
}

TEST_F(HttpServerTest, NamesAForeignAddressAndTheRemedy) {
  EXPECT_EQ(StartError("192.0.2.1:0"),
            "cannot listen on 192.0.2.1:0: Cannot assign requested address; "
            "this machine has no such address; choose one that it has with -b "
            "ADDRESS");
}

TEST_F(HttpServerTest, RefusesAMalformedAddressAsAUsageError) {
  for (const char* address :
       {"8000", "host", "host:", "host:99999", "host:-1", "::1:8000", "[]:80",
        "[host]:80", "[::1:80", "host:80x"}) {
    int exit_code = 0;
    EXPECT_THAT(StartError(address, &exit_code),
                HasSubstr("cannot listen on \"" + std::string(address)));
    EXPECT_EQ(exit_code, kExitUsage) << address;
  }
}

TEST_F(HttpServerTest, ReportsThatSystemdPassedNoSocket) {
  unsetenv("LISTEN_PID");
  HttpServerOptions options;
  options.systemd_socket = true;
  HttpServer server(options, {});
  EXPECT_THROW(server.Start(), Error);
  setenv("LISTEN_PID", "1", 1);
  setenv("LISTEN_FDS", "1", 1);
  EXPECT_THROW(server.Start(), Error) << "the sockets are for another process";
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_FDS");
}

TEST_F(HttpServerTest, UsesTheSocketsOfSystemd) {
  constexpr int kFirst = 3;
  const int saved = dup(kFirst);
  {
    Descriptor opened = OpenListenSocket(ParseListenAddress("127.0.0.1:0"));
    ASSERT_EQ(dup2(opened.get(), kFirst), kFirst);
    if (opened.get() == kFirst) {
      opened.Release();
    }
  }
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  options_.systemd_socket = true;
  options_.listen_addresses.clear();
  Start();
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_FDS");
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  server_->Stop();
  if (saved >= 0) {
    dup2(saved, kFirst);
    close(saved);
  }
}

}  // namespace
}  // namespace ntm
