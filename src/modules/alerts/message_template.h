// The text that a webhook is sent, with places for what an alert says.
//
// Shape    {{status}} ("firing" or "resolved"), {{alert}}, {{severity}},
//          {{subject}}, {{title}}, {{message}}, {{instance}}, {{id}},
//          {{began}}, {{ended}} ("" while it goes on). A template that is JSON
//          stays JSON whatever stands in these places.
// Threads  immutable; share freely.
// Errors   the constructor throws std::invalid_argument whose message follows
//          an option's name.
#pragma once

#include <string>
#include <vector>

#include "notice.h"

namespace ntm::alerts {

class MessageTemplate {
 public:
  // "": one JSON object with a member for each place. "@FILE": what the file
  // holds.
  explicit MessageTemplate(const std::string& text);

  std::string Render(const Notice& notice, const std::string& instance) const;

  bool is_json() const noexcept { return is_json_; }

 private:
  struct Piece {
    std::string text;
    std::string place;  // after the text; "": none
  };
  std::vector<Piece> pieces_;
  bool is_json_ = false;
};

}  // namespace ntm::alerts
