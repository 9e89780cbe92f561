#include "docs_page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "ntm/http/json.h"

namespace ntm::openapi {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kHead[] = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>ntm API</title>
<style>
body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;
padding:0 1rem;color-scheme:light dark}
h2{margin-top:2.5rem;border-top:1px solid #8884;padding-top:1rem}
h2 b{font-size:.8em;padding:.1em .5em;border:1px solid;border-radius:.3em}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem 1rem .25rem 0;
border-bottom:1px solid #8883}
code{font-family:ui-monospace,monospace}
</style>
)";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Text(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  return Escaped(found->is_string() ? found->get<std::string>()
                                    : found->dump());
}

// "integer", "string or null", "array of Interface", the name of a schema.
std::string TypeText(const Json& schema) {
  if (schema.contains("$ref")) {
    const std::string name = schema["$ref"];
    return name.substr(name.rfind('/') + 1);
  }
  if (!schema.contains("type")) return "";
  const Json& type = schema["type"];
  std::string text;
  for (const Json& one : type.is_array() ? type : Json::array({type})) {
    text += (text.empty() ? "" : " or ") + one.get<std::string>();
  }
  if (text == "array" && schema.contains("items")) {
    text += " of " + TypeText(schema["items"]);
  }
  if (schema.contains("enum")) {
    std::string values;
    for (const Json& value : schema["enum"]) {
      values +=
          (values.empty() ? ": " : ", ") +
          (value.is_string() ? value.get<std::string>() : WriteJson(value));
    }
    text += values;
  }
  return text;
}

std::string Row(const std::string& name, const std::string& type,
                const std::string& what) {
  return fmt::format("<tr><td><code>{}</code><td>{}<td>{}\n", name,
                     Escaped(type), what);
}

std::string Properties(const Json& schema) {
  if (!schema.contains("properties")) return "";
  std::string table = "<table>\n";
  for (const auto& [name, property] : schema["properties"].items()) {
    table +=
        Row(Escaped(name), TypeText(property), Text(property, "description"));
  }
  return table + "</table>\n";
}

std::string Parameters(const Json& operation) {
  if (!operation.contains("parameters")) return "";
  std::string table = "<h3>Parameters</h3>\n<table>\n";
  for (const Json& parameter : operation["parameters"]) {
    const Json schema = parameter.value("schema", Json::object());
    std::string what = Text(parameter, "description");
    if (schema.contains("default")) {
      what += " Default: " + Text(schema, "default") + ".";
    }
    table += Row(Text(parameter, "name"), TypeText(schema), what);
  }
  return table + "</table>\n";
}

// The schema of the JSON body; empty if it has none.
Json SchemaOf(const Json& message) {
  const Json::json_pointer place("/content/application~1json/schema");
  return message.contains(place) ? message.at(place) : Json::object();
}

std::string Responses(const Json& operation) {
  std::string html = "<h3>Answers</h3>\n<table>\n";
  std::string properties;
  for (const auto& [code, response] : operation["responses"].items()) {
    const Json schema = SchemaOf(response);
    html += Row(code, TypeText(schema), Text(response, "description"));
    if (code == "200") properties = Properties(schema);
  }
  return html + "</table>\n" + properties;
}

std::string Operation(const std::string& path, const std::string& method,
                      const Json& operation) {
  std::string html =
      fmt::format("<h2><b>{}</b> <code>{}</code></h2>\n<p>{}\n",
                  Escaped(method), Escaped(path), Text(operation, "summary"));
  html += Text(operation, "description");
  html += Parameters(operation);
  if (operation.contains("requestBody")) {
    const Json schema = SchemaOf(operation["requestBody"]);
    html += "<h3>Body: " + Escaped(TypeText(schema)) + "</h3>\n" +
            Properties(schema);
  }
  return html + Responses(operation);
}

std::string Schemas(const Json& document) {
  std::string html;
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    html += fmt::format("<h2>{}</h2>\n<p>{}\n", Escaped(name),
                        Text(schema, "description")) +
            Properties(schema);
  }
  return html;
}

}  // namespace

std::string DocsPage(const Json& document) {
  std::string page = kHead;
  page += fmt::format(
      "<h1>ntm {}</h1>\n<p>{} <a href=\"/api/openapi.json\">"
      "As OpenAPI {}</a>.\n",
      Text(document["info"], "version"), Text(document["info"], "summary"),
      Text(document, "openapi"));
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      page += Operation(path, method == "get" ? "GET" : "POST", operation);
    }
  }
  return page + Schemas(document) + "</html>\n";
}

}  // namespace ntm::openapi
