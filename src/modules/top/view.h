// What the person at the terminal has chosen, and how keys change it.
//
// Threads  one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/base/shown_units.h"

namespace ntm::top {

enum class View : uint8_t { kConversations, kHosts, kServices, kHealth };
inline constexpr size_t kViews = 4;
inline constexpr std::array<std::string_view, kViews> kViewNames = {
    "conversations", "hosts", "services", "health"};

std::optional<View> ParseView(std::string_view name);

struct Sort {
  size_t column = 0;
  bool is_falling = true;
};

// A key that is no character.
enum class Key : uint8_t {
  kCharacter,
  kUp,
  kDown,
  kLeft,
  kRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kBackspace,
  kEscape,
};

struct Pressed {
  Key key = Key::kCharacter;
  char character = 0;  // a byte of UTF-8
};

struct Choices {
  View view = View::kConversations;
  ShownUnits units = ShownUnits::kBytes;
  bool has_names = true;
  bool is_paused = false;
  bool has_help = false;
  bool is_editing = false;  // the filter
  bool has_quit = false;
  bool has_health = false;  // whether there is something to show
  std::string filter;
  size_t first_row = 0;                           // that is shown
  std::array<std::optional<Sort>, kViews> sorts;  // else the view's own
};

// What a key needs to know of what is shown now.
struct Shown {
  std::vector<bool> columns;  // whether each has numbers
  size_t rows = 0;            // of the table
  size_t rows_fit = 0;        // on the screen
  Sort sort;                  // in effect
};

void Press(const Pressed& pressed, const Shown& shown, Choices* choices);

}  // namespace ntm::top
