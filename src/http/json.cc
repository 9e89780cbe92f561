#include "ntm/http/json.h"

#include <nlohmann/json.hpp>

namespace ntm {

std::string WriteJson(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::ordered_json ParseJson(std::string_view text) {
  using Json = nlohmann::ordered_json;
  bool has_zero_byte = false;
  const auto look = [&has_zero_byte](int /*depth*/, Json::parse_event_t /*at*/,
                                     const Json& parsed) {
    has_zero_byte |=
        parsed.is_string() &&
        parsed.get_ref<const std::string&>().find('\0') != std::string::npos;
    return true;
  };
  Json json = Json::parse(text, look, /*allow_exceptions=*/false);
  return has_zero_byte ? Json(nlohmann::detail::value_t::discarded) : json;
}

HttpResponse JsonAnswer(int status, const nlohmann::ordered_json& json) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = WriteJson(json) + "\n";
  return response;
}

HttpResponse JsonError(int status, const std::string& what) {
  return JsonAnswer(status, {{"error", what}});
}

}  // namespace ntm
