// The template of the body that is sent to webhooks, with placeholders for the
// fields of an alert.
//
// Shape    {{status}} ("firing" or "resolved"), {{alert}}, {{severity}},
//          {{subject}}, {{title}}, {{message}}, {{instance}}, {{id}},
//          {{began}}, {{ended}} ("" while it is open). In a JSON template the
//          values are escaped, so that the result is always valid JSON.
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
  // "": a JSON object with a member for each placeholder. "@FILE": the content
  // of the file.
  explicit MessageTemplate(const std::string& text);

  std::string Render(const Notice& notice, const std::string& instance) const;

  bool is_json() const noexcept { return is_json_; }

 private:
  struct Piece {
    std::string text;
    std::string place;  // placeholder after the text; "": none
  };
  std::vector<Piece> pieces_;
  bool is_json_ = false;
};

}  // namespace ntm::alerts
