#include "run_top.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "live_feed_reader.h"
#include "ntm/base/error.h"
#include "screen.h"
#include "table_text.h"
#include "terminal.h"

namespace ntm::top {
namespace {

// ntm measures rates between two ticks once it is asked for them.
constexpr size_t kMomentsWithRates = 3;
constexpr std::chrono::seconds kFirstAnswerWithin{60};

// Descriptors to watch: those given, and that of our own capture.
std::vector<int> Watched(const Connection& connection,
                         std::vector<int> descriptors) {
  if (connection.own) descriptors.push_back(connection.own->descriptor());
  return descriptors;
}

void RequireCapture(const Connection& connection) {
  if (!connection.own || !connection.own->HasEnded()) return;
  throw Error("the capture has ended: " +
              CleanText(connection.own->LastWords(), Charset::kAscii));
}

// Waits until there is the first moment, before the terminal is taken: so that
// the reason why there is none stays on it.
void WaitForMoments(const Connection& connection, size_t count,
                    LiveFeedReader* feed) {
  const std::vector<int> watched = Watched(connection, {});
  const auto end = std::chrono::steady_clock::now() + kFirstAnswerWithin;
  while (feed->moments() < count) {
    RequireCapture(connection);
    feed->Wait(watched);
    if (std::chrono::steady_clock::now() > end) {
      throw Error(connection.where + " has no data: " + feed->fault() +
                  "; run ntm doctor");
    }
  }
}

void RequireView(const Connection& connection, const Choices& choices,
                 const Moment& moment) {
  if (choices.view != View::kHealth || moment.health) return;
  throw Error("ntm top: --view health: " + connection.where +
              " measures no health; choose another view");
}

// What is drawn while it is paused.
struct Frozen {
  Moment moment;
  RateHistory down;
  RateHistory up;
};

class OnTerminal {
 public:
  OnTerminal(const Connection& connection, Choices choices, Terminal* terminal,
             LiveFeedReader* feed)
      : connection_(connection),
        choices_(std::move(choices)),
        terminal_(*terminal),
        feed_(*feed) {}

  void Run() {
    const auto [keys, signals] = terminal_.descriptors();
    const std::vector<int> watched = Watched(connection_, {keys, signals});
    Draw();
    while (!choices_.has_quit) {
      feed_.SetFlows(choices_.view == View::kConversations,
                     FlowOrder(choices_));
      bool is_new = feed_.Wait(watched) && !frozen_;
      RequireCapture(connection_);
      const ScreenSize before = terminal_.size();
      if (!terminal_.TakeSignals()) return;
      const ScreenSize now = terminal_.size();
      is_new |= before.columns != now.columns || before.rows != now.rows;
      while (const auto pressed = terminal_.ReadKey()) {
        Press(*pressed, shown_, &choices_);
        Freeze();
        is_new = true;
      }
      if (is_new) Draw();
    }
  }

 private:
  void Freeze() {
    if (!choices_.is_paused) {
      frozen_.reset();
    } else if (!frozen_) {
      frozen_ = Frozen{feed_.moment(), feed_.down(), feed_.up()};
    }
  }

  void Draw() {
    const Moment& moment = frozen_ ? frozen_->moment : feed_.moment();
    choices_.has_health = moment.health.has_value();
    // It has gone with an ntm that had it.
    if (choices_.view == View::kHealth && !choices_.has_health) {
      choices_.view = View::kConversations;
    }
    Screen screen = top::Draw({WhereText(moment), feed_.fault(), moment,
                               frozen_ ? frozen_->down : feed_.down(),
                               frozen_ ? frozen_->up : feed_.up()},
                              choices_, terminal_.size(), terminal_.charset());
    terminal_.Show(screen.lines);
    shown_ = std::move(screen.shown);
  }

  std::string WhereText(const Moment& moment) const {
    return moment.interfaces.empty()
               ? connection_.where
               : fmt::format("{}: {}", connection_.where, moment.interfaces);
  }

  const Connection& connection_;
  Choices choices_;
  Terminal& terminal_;
  LiveFeedReader& feed_;
  std::optional<Frozen> frozen_;
  Shown shown_;
};

}  // namespace

int RunOnTerminal(const Connection& connection, const Choices& choices) {
  RequireTerminal();
  LiveFeedReader feed(connection.server, CharsetOfLocale());
  feed.SetFlows(choices.view == View::kConversations, FlowOrder(choices));
  // An ntm that has just started has counted nothing yet, no health either.
  const bool needs_health = choices.view == View::kHealth;
  WaitForMoments(connection, needs_health ? kMomentsWithRates : 1, &feed);
  RequireView(connection, choices, feed.moment());
  Terminal terminal;
  OnTerminal(connection, choices, &terminal, &feed).Run();
  return 0;
}

int PrintOnce(const Connection& connection, const Choices& choices) {
  const Charset charset = CharsetOfLocale();
  LiveFeedReader feed(connection.server, charset);
  feed.SetFlows(choices.view == View::kConversations, FlowOrder(choices));
  WaitForMoments(connection, kMomentsWithRates, &feed);
  RequireView(connection, choices, feed.moment());
  winsize size{};
  const bool is_terminal = isatty(STDOUT_FILENO) == 1 &&
                           ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  const std::string text =
      PlainView(feed.moment(), choices, is_terminal ? size.ws_col : 0, charset);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    throw Error(
        "cannot write to standard output; check that its reader still runs");
  }
  return 0;
}

}  // namespace ntm::top
