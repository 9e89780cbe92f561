// ncurses' macros would replace names such as `timeout` in standard headers.
#define NCURSES_NOMACROS 1
#include "terminal.h"

#include <langinfo.h>
#include <ncurses.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ntm/base/error.h"

namespace ntm::top {
namespace {

constexpr short kDownPair = 1;
constexpr short kUpPair = 2;
constexpr short kBadPair = 3;
constexpr int kEscapeMs = 50;  // what a slow line may need between two bytes

// A signal that ends the program, or changes the size.
sigset_t TakenSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) {
    sigaddset(&set, signal);
  }
  return set;
}

void ChooseColours() {
  // https://no-color.org
  const char* const without = std::getenv("NO_COLOR");
  const bool is_wanted = without == nullptr || *without == '\0';
  if (!is_wanted || !has_colors() || start_color() == ERR) return;
  use_default_colors();
  init_pair(kDownPair, COLOR_GREEN, -1);
  init_pair(kUpPair, COLOR_CYAN, -1);
  init_pair(kBadPair, COLOR_RED, -1);
}

attr_t AttributesOf(Look look) {
  switch (look) {
    case Look::kFaint:
      return A_DIM;
    case Look::kStrong:
      return A_BOLD;
    case Look::kBar:
      return A_REVERSE;
    case Look::kBad:
      return A_BOLD;
    default:
      return A_NORMAL;
  }
}

short PairOf(Look look) {
  switch (look) {
    case Look::kDown:
      return kDownPair;
    case Look::kUp:
      return kUpPair;
    case Look::kBad:
      return kBadPair;
    default:
      return 0;
  }
}

std::optional<Pressed> PressedOf(int key) {
  switch (key) {
    case KEY_UP:
      return Pressed{Key::kUp};
    case KEY_DOWN:
      return Pressed{Key::kDown};
    case KEY_LEFT:
      return Pressed{Key::kLeft};
    case KEY_RIGHT:
      return Pressed{Key::kRight};
    case KEY_PPAGE:
      return Pressed{Key::kPageUp};
    case KEY_NPAGE:
      return Pressed{Key::kPageDown};
    case KEY_HOME:
      return Pressed{Key::kHome};
    case KEY_END:
      return Pressed{Key::kEnd};
    case KEY_ENTER:
    case '\n':
    case '\r':
      return Pressed{Key::kEnter};
    case KEY_BACKSPACE:
    case '\b':
    case 0x7F:
      return Pressed{Key::kBackspace};
    case 0x1B:
      return Pressed{Key::kEscape};
    default:
      break;
  }
  constexpr int kLastByte = 0xFF;
  const bool is_text = (key >= ' ' && key <= kLastByte) || key == '\t';
  if (!is_text) return std::nullopt;
  return Pressed{Key::kCharacter, static_cast<char>(key)};
}

}  // namespace

Charset CharsetOfLocale() {
  std::setlocale(LC_CTYPE, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8" ? Charset::kUtf8
                                                           : Charset::kAscii;
}

void RequireTerminal() {
  if (isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1) return;
  throw Error(
      "ntm top: standard input and output are not a terminal; for one table "
      "use ntm top --once",
      kExitUsage);
}

Terminal::Terminal() : charset_(CharsetOfLocale()), signals_(-1) {
  RequireTerminal();
  const sigset_t taken = TakenSignals();
  sigprocmask(SIG_BLOCK, &taken, nullptr);
  signals_ = Descriptor(signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
  screen_ = newterm(nullptr, stdout, stdin);
  if (screen_ == nullptr) {
    const char* const type = std::getenv("TERM");
    throw Error(std::string("ntm top: terminals of the type '") +
                    (type == nullptr ? "" : type) +
                    "' are not known here; set TERM, or use ntm top --once",
                kExitUsage);
  }
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  set_escdelay(kEscapeMs);
  curs_set(0);
  ChooseColours();
}

Terminal::~Terminal() {
  endwin();
  delscreen(static_cast<SCREEN*>(screen_));
}

ScreenSize Terminal::size() const {
  return {static_cast<size_t>(getmaxx(stdscr)),
          static_cast<size_t>(getmaxy(stdscr))};
}

void Terminal::Show(const std::vector<Line>& lines) {
  werase(stdscr);
  for (size_t i = 0; i < lines.size(); ++i) {
    wmove(stdscr, static_cast<int>(i), 0);
    for (const Piece& piece : lines[i]) {
      wattr_set(stdscr, AttributesOf(piece.look), PairOf(piece.look), nullptr);
      waddstr(stdscr, piece.text.c_str());
    }
  }
  wattr_set(stdscr, A_NORMAL, 0, nullptr);
  wrefresh(stdscr);
}

std::array<int, 2> Terminal::descriptors() const {
  return {STDIN_FILENO, signals_.get()};
}

std::optional<Pressed> Terminal::ReadKey() {
  while (true) {
    const int key = wgetch(stdscr);
    if (key == ERR) return std::nullopt;
    if (const auto pressed = PressedOf(key)) return pressed;
  }
}

bool Terminal::TakeSignals() {
  signalfd_siginfo signal{};
  bool goes_on = true;
  bool is_resized = false;
  while (read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal)) {
    if (signal.ssi_signo == SIGWINCH) {
      is_resized = true;
    } else {
      goes_on = false;
    }
  }
  winsize size{};
  if (is_resized && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_row > 0 && size.ws_col > 0) {
    resizeterm(size.ws_row, size.ws_col);
  }
  return goes_on;
}

}  // namespace ntm::top
