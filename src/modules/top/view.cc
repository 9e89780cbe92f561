#include "view.h"

#include <algorithm>

namespace ntm::top {
namespace {

constexpr size_t kLongestFilter = 200;

void Edit(const Pressed& pressed, Choices* choices) {
  std::string& filter = choices->filter;
  switch (pressed.key) {
    case Key::kEnter:
      choices->is_editing = false;
      return;
    case Key::kEscape:
      filter.clear();
      choices->is_editing = false;
      return;
    case Key::kBackspace:
      while (!filter.empty() &&
             (static_cast<unsigned char>(filter.back()) & 0xC0U) == 0x80) {
        filter.pop_back();
      }
      if (!filter.empty()) filter.pop_back();
      return;
    case Key::kCharacter:
      if (filter.size() < kLongestFilter) filter += pressed.character;
      return;
    default:
      return;
  }
}

void Choose(View view, Choices* choices) {
  if (view == View::kHealth && !choices->has_health) return;
  choices->view = view;
  choices->first_row = 0;
}

void ChooseNext(int step, Choices* choices) {
  const size_t count = choices->has_health ? kViews : kViews - 1;
  const auto now = static_cast<size_t>(choices->view);
  const size_t next = step > 0 ? now + 1 : now + count - 1;
  Choose(static_cast<View>(next % count), choices);
}

void Scroll(const Pressed& pressed, const Shown& shown, Choices* choices) {
  const size_t last =
      shown.rows > shown.rows_fit ? shown.rows - shown.rows_fit : 0;
  const size_t page = std::max<size_t>(1, shown.rows_fit);
  size_t first = std::min(choices->first_row, last);
  switch (pressed.key) {
    case Key::kUp:
      first -= std::min<size_t>(1, first);
      break;
    case Key::kDown:
      ++first;
      break;
    case Key::kPageUp:
      first -= std::min(page, first);
      break;
    case Key::kPageDown:
      first += page;
      break;
    case Key::kHome:
      first = 0;
      break;
    default:
      first = last;
      break;
  }
  choices->first_row = std::min(first, last);
}

// The largest number first, or the first of the texts.
void SortByNext(const Shown& shown, Choices* choices) {
  if (shown.columns.empty()) return;
  const size_t next = (shown.sort.column + 1) % shown.columns.size();
  choices->sorts.at(static_cast<size_t>(choices->view)) =
      Sort{next, shown.columns[next]};
}

void Command(char character, const Shown& shown, Choices* choices) {
  switch (character) {
    case 'q':
      choices->has_quit = true;
      return;
    case 'u':
      choices->units = choices->units == ShownUnits::kBits ? ShownUnits::kBytes
                                                           : ShownUnits::kBits;
      return;
    case 'n':
      choices->has_names = !choices->has_names;
      return;
    case 'p':
    case ' ':
      choices->is_paused = !choices->is_paused;
      return;
    case 's':
      SortByNext(shown, choices);
      return;
    case 'r':
      choices->sorts.at(static_cast<size_t>(choices->view)) =
          Sort{shown.sort.column, !shown.sort.is_falling};
      return;
    case '/':
    case 'f':
      choices->is_editing = true;
      choices->first_row = 0;
      return;
    case 'h':
    case '?':
      choices->has_help = true;
      return;
    case '\t':
      ChooseNext(1, choices);
      return;
    default:
      break;
  }
  if (character >= '1' && character < static_cast<char>('1' + kViews)) {
    Choose(static_cast<View>(character - '1'), choices);
  }
}

}  // namespace

std::optional<View> ParseView(std::string_view name) {
  const auto found = std::ranges::find(kViewNames, name);
  if (found == kViewNames.end()) return std::nullopt;
  return static_cast<View>(found - kViewNames.begin());
}

void Press(const Pressed& pressed, const Shown& shown, Choices* choices) {
  if (choices->is_editing) return Edit(pressed, choices);
  // Any key closes the help; one that would end the program only does that.
  if (choices->has_help) {
    choices->has_help = false;
    return;
  }
  switch (pressed.key) {
    case Key::kCharacter:
      return Command(pressed.character, shown, choices);
    case Key::kEscape:
      choices->filter.clear();
      choices->first_row = 0;
      return;
    case Key::kLeft:
      return ChooseNext(-1, choices);
    case Key::kRight:
      return ChooseNext(1, choices);
    case Key::kEnter:
    case Key::kBackspace:
      return;
    default:
      return Scroll(pressed, shown, choices);
  }
}

}  // namespace ntm::top
