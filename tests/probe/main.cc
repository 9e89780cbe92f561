// The program with one module more, which tries from inside what a run must
// not be able to do: GET /probe/{what}?path=… answers with the error's name, or
// "done". Built for the tests alone.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/run/modules.h"
#include "app/run/program.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"

namespace {

int Close(int descriptor) {
  if (descriptor < 0) return errno;
  close(descriptor);
  return 0;
}

int ErrorOf(long result) { return result < 0 ? errno : 0; }

int Execute() {
  char name[] = "/bin/true";
  char* const arguments[] = {name, nullptr};
  execve(name, arguments, nullptr);
  return errno;  // it came back
}

const std::map<std::string, std::function<int(const std::string&)>>& Tries() {
  static const std::map<std::string, std::function<int(const std::string&)>>
      kTries = {
          {"write",
           [](const std::string& path) {
             return Close(open(path.c_str(), O_WRONLY | O_CREAT, 0600));
           }},
          {"read",
           [](const std::string& path) {
             return Close(open(path.c_str(), O_RDONLY));
           }},
          {"raw-ip",
           [](const std::string&) {
             return Close(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
           }},
          {"raw-ipv6",
           [](const std::string&) {
             return Close(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
           }},
          {"packet",
           [](const std::string&) {
             return Close(socket(AF_PACKET, SOCK_RAW, 0));
           }},
          {"exec", [](const std::string&) { return Execute(); }},
          {"fork",
           [](const std::string&) {
             const pid_t child = fork();
             if (child == 0) _exit(0);
             return ErrorOf(child);
           }},
          {"root", [](const std::string&) { return ErrorOf(setuid(0)); }},
          {"trace",
           [](const std::string&) {
             return ErrorOf(ptrace(PTRACE_TRACEME, 0, 0, 0));
           }},
          {"kill",
           [](const std::string&) { return ErrorOf(kill(getppid(), 0)); }},
          {"mount",
           [](const std::string& path) {
             return ErrorOf(mount("none", path.c_str(), "tmpfs", 0, nullptr));
           }},
          {"chmod-root",
           [](const std::string&) { return ErrorOf(chmod("/", 0755)); }},
      };
  return kTries;
}

class Probe final : public ntm::Module, public ntm::OtherRuns {
 public:
  std::string_view name() const noexcept override { return "probe"; }
  bool runs_on_files() const noexcept override { return true; }

  std::vector<ntm::Route> Routes() override {
    return {{"GET", "/probe/{what}", "", &Probe::Try, ntm::Access::kOpen}};
  }

 private:
  static ntm::HttpResponse Try(const ntm::HttpRequest& request) {
    ntm::HttpResponse response;
    const auto found = Tries().find(request.segment);
    if (found == Tries().end()) {
      response.status = 404;
      return response;
    }
    const auto path = request.query.find("path");
    const int error =
        found->second(path == request.query.end() ? "" : path->second);
    response.body = error == 0 ? "done" : strerrorname_np(error);
    return response;
  }
};

}  // namespace

int main(int argc, char** argv) {
  auto modules = ntm::MakeModules();
  modules.push_back(std::make_unique<Probe>());
  return ntm::RunProgram(argc, argv, std::move(modules));
}
