#include "ntm/json.h"

#include <nlohmann/json.hpp>

namespace ntm {

std::string WriteJson(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::ordered_json ParseJson(std::string_view text) {
  return nlohmann::ordered_json::parse(text, nullptr,
                                       /*allow_exceptions=*/false);
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
