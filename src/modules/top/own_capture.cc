#include "own_capture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/module/subcommand_words.h"

namespace ntm::top {
namespace {

constexpr int kListenDescriptor = 3;  // SD_LISTEN_FDS_START
constexpr size_t kTokenBytes = 24;
constexpr off_t kLastBytes = 4096;
constexpr int kCannotStart = 127;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(
      fmt::format("cannot start a capture: {}: {}; start ntm, and let "
                  "ntm top look at it (--url)",
                  what, std::strerror(errno)));
}

std::string RandomToken() {
  std::array<unsigned char, kTokenBytes> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) !=
      static_cast<ssize_t>(bytes.size())) {
    Fail("no random bytes");
  }
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

std::string MakeFolder() {
  const char* const parent = std::getenv("TMPDIR");
  std::string name =
      std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") +
      "/ntm-top-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) Fail(name);
  return name;
}

void WriteFile(const std::string& path, const std::string& text) {
  constexpr mode_t kOwnerOnly = 0600;
  const Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (file.get() < 0 || write(file.get(), text.data(), text.size()) !=
                            static_cast<ssize_t>(text.size())) {
    Fail(path);
  }
}

Descriptor ListenOnLoopback(uint16_t* port) {
  Descriptor listening(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (listening.get() < 0 || bind(listening.get(), any, size) != 0 ||
      listen(listening.get(), SOMAXCONN) != 0 ||
      getsockname(listening.get(), any, &size) != 0) {
    Fail("127.0.0.1");
  }
  *port = ntohs(address.sin_port);
  return listening;
}

// Its own words come first, because a filter may stand at the end.
std::vector<std::string> WordsFor(std::vector<std::string> given,
                                  const std::string& folder) {
  constexpr std::array<std::string_view, 1> kOurs = {"--token-file"};
  TakeSubcommandWords({}, kOurs, "top", &given);
  std::vector<std::string> words = {"ntm", "--web.systemd-socket",
                                    "--token-file", folder + "/token"};
  const bool has_file = std::ranges::any_of(given, [](const auto& word) {
    return (word.starts_with("-c") && !word.starts_with("--")) ||
           word == "--config" || word.starts_with("--config=");
  });
  if (!has_file) {
    words.insert(words.end(), {"-c", folder + "/ntm.yaml"});
  }
  words.insert(words.end(), given.begin(), given.end());
  return words;
}

bool IsInherited(std::string_view variable) {
  constexpr std::array<std::string_view, 4> kNot = {
      "NTM_", "LISTEN_", "NOTIFY_SOCKET=", "STATE_DIRECTORY="};
  return std::ranges::none_of(kNot, [variable](std::string_view begin) {
    return variable.starts_with(begin);
  });
}

std::vector<std::string> VariablesFor(const std::string& folder) {
  std::vector<std::string> variables = {
      "STATE_DIRECTORY=" + folder, "NTM_NO_DATABASE=true", "NTM_NO_ALERTS=true",
      "NTM_FORECAST=false", "LISTEN_FDS=1"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (IsInherited(*variable)) variables.emplace_back(*variable);
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>* texts) {
  std::vector<char*> pointers;
  for (std::string& text : *texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Child {
  std::vector<std::string> words;
  std::vector<std::string> variables;
  int listening;
  int log;
};

[[noreturn]] void BecomeChild(Child* child) {
  child->variables.push_back(fmt::format("LISTEN_PID={}", getpid()));
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(input, STDIN_FILENO);
  dup2(child->log, STDOUT_FILENO);
  dup2(child->log, STDERR_FILENO);
  if (child->listening == kListenDescriptor) {
    fcntl(kListenDescriptor, F_SETFD, 0);
  } else {
    dup2(child->listening, kListenDescriptor);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const std::vector<char*> words = Pointers(&child->words);
  const std::vector<char*> variables = Pointers(&child->variables);
  // By its path, so that ps calls it ntm; unless it has been replaced.
  std::error_code ignored;
  const std::string path =
      std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  execve(path.c_str(), words.data(), variables.data());
  execve("/proc/self/exe", words.data(), variables.data());
  const std::string why =
      fmt::format("Error: /proc/self/exe: {}\n", std::strerror(errno));
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, why.data(), why.size());
  _exit(kCannotStart);
}

// Ends the child when the other end of `socket` is closed, and itself when the
// child has ended.
[[noreturn]] void Guard(int socket, Child* child, const std::string& folder) {
  setsid();
  const pid_t pid = fork();
  if (pid == 0) BecomeChild(child);
  close(child->listening);
  const auto ended = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  std::array<pollfd, 2> events = {{{socket, POLLIN, 0}, {ended, POLLIN, 0}}};
  while (poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
  }
  if (pid > 0) {
    kill(pid, SIGTERM);
    waitpid(pid, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  _exit(0);
}

}  // namespace

OwnCapture::OwnCapture(std::vector<std::string> words, bool has_tls)
    : token_(RandomToken()), log_(-1), guardian_(-1) {
  uint16_t port = 0;
  const Descriptor listening = ListenOnLoopback(&port);
  url_ = fmt::format("{}://127.0.0.1:{}", has_tls ? "https" : "http", port);
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    Fail("a pair of sockets");
  }
  guardian_ = Descriptor(ends[0]);
  const Descriptor its_end(ends[1]);
  // Last, because only the guardian removes it.
  const std::string folder = MakeFolder();
  WriteFile(folder + "/token", token_ + "\n");
  WriteFile(folder + "/ntm.yaml", "");
  log_ = Descriptor(open((folder + "/log").c_str(),
                         O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (log_.get() < 0) Fail(folder);
  Child child{WordsFor(std::move(words), folder), VariablesFor(folder),
              listening.get(), log_.get()};
  guardian_pid_ = fork();
  if (guardian_pid_ < 0) Fail("fork");
  if (guardian_pid_ == 0) {
    close(ends[0]);
    Guard(its_end.get(), &child, folder);
  }
}

OwnCapture::~OwnCapture() {
  guardian_ = Descriptor(-1);
  while (waitpid(guardian_pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool OwnCapture::HasEnded() const {
  pollfd event = {guardian_.get(), POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

std::string OwnCapture::LastWords() const {
  const off_t size = lseek(log_.get(), 0, SEEK_END);
  const off_t begin = std::max<off_t>(0, size - kLastBytes);
  std::string text(static_cast<size_t>(std::max<off_t>(0, size - begin)), '\0');
  const ssize_t got = pread(log_.get(), text.data(), text.size(), begin);
  text.resize(static_cast<size_t>(std::max<ssize_t>(0, got)));
  while (text.ends_with('\n')) text.pop_back();
  const size_t line = text.rfind('\n');
  if (line != std::string::npos) text.erase(0, line + 1);
  constexpr std::string_view kBegin = "Error: ";
  if (text.starts_with(kBegin)) text.erase(0, kBegin.size());
  return text.empty() ? "it said nothing" : text;
}

}  // namespace ntm::top
