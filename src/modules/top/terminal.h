// The terminal: shows lines, reads keys, and is put back as it was, also when
// an exception or a signal ends the program.
//
// Shape    only what has changed is written (ncurses), so a slow line carries
//          little. SIGINT, SIGTERM and SIGHUP are read here as a wish to quit;
//          SIGTSTP stops the program as usual.
// Threads  one thread.
// Errors   the constructor throws ntm::Error with kExitUsage where there is no
//          terminal, or one of an unknown type.
// Source   ncurses(3), signalfd(2).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "clean_text.h"
#include "ntm/base/descriptor.h"
#include "screen.h"
#include "view.h"

namespace ntm::top {

// Throws as the constructor does, but opens nothing.
void RequireTerminal();

// What the environment says of the terminal; sets the C library's LC_CTYPE.
Charset CharsetOfLocale();

class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  Charset charset() const { return charset_; }
  ScreenSize size() const;

  void Show(const std::vector<Line>& lines);

  // Can be read when a key or a signal has come.
  std::array<int, 2> descriptors() const;

  // The next key that is there.
  std::optional<Pressed> ReadKey();

  // Takes the signals that are there; returns false if one of them ends this.
  // The size may be another one then.
  bool TakeSignals();

 private:
  Charset charset_;
  Descriptor signals_;
  void* screen_ = nullptr;
};

}  // namespace ntm::top
