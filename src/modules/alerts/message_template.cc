#include "message_template.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::alerts {
namespace {

constexpr std::array<std::string_view, 10> kPlaces = {
    "status",  "alert",    "severity", "subject", "title",
    "message", "instance", "id",       "began",   "ended"};

std::string DefaultText() {
  std::string text;
  for (const std::string_view place : kPlaces) {
    text += (text.empty() ? "{\"" : ",\"") + std::string(place) + "\":\"{{" +
            std::string(place) + "}}\"";
  }
  return text + "}";
}

std::string Load(const std::string& text) {
  if (text.empty()) return DefaultText();
  if (text.front() != '@') return text;
  const std::string path = text.substr(1);
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file || content.str().empty()) {
    throw std::invalid_argument(path + " cannot be read, or is empty");
  }
  return content.str();
}

std::string ValueOf(const std::string& place, const Notice& notice,
                    const std::string& instance) {
  const Alert& alert = notice.alert;
  if (place == "status") return notice.is_open() ? "firing" : "resolved";
  if (place == "alert") return alert.name;
  if (place == "severity") return alert.severity;
  if (place == "subject") return alert.subject;
  if (place == "title") return TitleOf(notice);
  if (place == "message") return alert.message;
  if (place == "instance") return instance;
  if (place == "id") return std::to_string(alert.id);
  if (place == "began") return UtcText(alert.began_ns);
  return notice.is_open() ? "" : UtcText(notice.ended_ns);
}

// Escaped for use between the quotes of a JSON string.
std::string Escaped(const std::string& text) {
  const std::string quoted = WriteJson(text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

MessageTemplate::MessageTemplate(const std::string& text) {
  std::string_view rest;
  const std::string whole = Load(text);
  rest = whole;
  for (size_t open = rest.find("{{"); open != std::string_view::npos;
       open = rest.find("{{")) {
    const size_t close = rest.find("}}", open);
    if (close == std::string_view::npos) {
      throw std::invalid_argument("'{{' without '}}'");
    }
    const std::string place(rest.substr(open + 2, close - open - 2));
    if (std::ranges::find(kPlaces, place) == kPlaces.end()) {
      throw std::invalid_argument(
          "'{{" + place +
          "}}' is unknown; the placeholders are {{status}}, {{alert}}, "
          "{{severity}}, {{subject}}, "
          "{{title}}, {{message}}, {{instance}}, {{id}}, {{began}}, {{ended}}");
    }
    pieces_.push_back({std::string(rest.substr(0, open)), place});
    rest.remove_prefix(close + 2);
  }
  pieces_.push_back({std::string(rest), ""});
  const size_t first = whole.find_first_not_of(" \t\r\n");
  is_json_ = first != std::string::npos &&
             (whole[first] == '{' || whole[first] == '[') &&
             whole.compare(first, 2, "{{") != 0;
  if (is_json_ && ParseJson(Render({}, "")).is_discarded()) {
    throw std::invalid_argument("starts like JSON but is not valid JSON");
  }
}

std::string MessageTemplate::Render(const Notice& notice,
                                    const std::string& instance) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    text += piece.text;
    if (piece.place.empty()) continue;
    const std::string value = ValueOf(piece.place, notice, instance);
    text += is_json_ ? Escaped(value) : value;
  }
  return text;
}

}  // namespace ntm::alerts
