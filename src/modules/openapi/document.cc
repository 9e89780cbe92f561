#include "document.h"

#include <nlohmann/json.hpp>
#include <string>

#include "ntm/base/build_info.h"
#include "ntm/base/error.h"
#include "ntm/http/json.h"

namespace ntm::openapi {
namespace {

using Json = nlohmann::ordered_json;

void AddTo(const Json& part, Json* whole) {
  for (const auto& [name, value] : part.items()) {
    if (whole->contains(name)) {
      throw Error("two modules describe " + name + "; rename one");
    }
    (*whole)[name] = value;
  }
}

// What every answer in JSON says alike stands here once.
Json Response(const Json& written) {
  if (written.is_string()) {
    return Response({{"description", written},
                     {"schema", {{"$ref", "#/components/schemas/Error"}}}});
  }
  Json response = Json::object();
  for (const auto& [name, value] : written.items()) {
    if (name == "schema") {
      response["content"] = {{"application/json", {{"schema", value}}}};
    } else {
      response[name] = value;
    }
  }
  return response;
}

void WriteOutResponses(Json* paths) {
  for (Json& path : *paths) {
    for (Json& operation : path) {
      if (!operation.contains("responses")) continue;
      for (Json& response : operation["responses"]) {
        response = Response(response);
      }
    }
  }
}

}  // namespace

Json Document(const std::vector<std::string_view>& parts) {
  Json paths = Json::object();
  Json schemas = Json::object();
  for (const std::string_view text : parts) {
    const Json part = ParseJson(text);
    if (!part.is_object()) throw Error("an openapi.json is not a JSON object");
    AddTo(part.value("paths", Json::object()), &paths);
    const Json components = part.value("components", Json::object());
    AddTo(components.value("schemas", Json::object()), &schemas);
  }
  WriteOutResponses(&paths);
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "ntm"},
            {"summary", "The HTTP API of ntm, a network traffic monitor."},
            {"version", kVersion}}},
          {"servers", {{{"url", "/"}}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", std::move(schemas)}}}};
}

}  // namespace ntm::openapi
