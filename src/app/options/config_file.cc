#include "config_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

// Limits recursion: with an alias a YAML map can contain itself. No option is
// nested as deeply.
constexpr size_t kMaxDepth = 8;

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

[[noreturn]] void Refuse(const std::string& path, int line,
                         const std::string& why) {
  throw Error(path + ":" + std::to_string(line) + ": " + why);
}

std::string ReadWhole(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file && (errno == ENOENT || errno == ENOTDIR)) {
    throw Error("Configuration file not found: " + path);
  }
  std::string text;
  char block[4096];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    text.append(block, static_cast<size_t>(file.gcount()));
  }
  if (!file.eof()) {
    throw Error("cannot read the configuration file " + path + ": " +
                std::strerror(errno));
  }
  return text;
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  void ReadMap(const YAML::Node& map, const std::string& prefix, size_t depth) {
    for (const auto& entry : map) {
      const int line = LineOf(entry.first.Mark());
      if (!entry.first.IsScalar() || entry.first.Scalar().empty()) {
        Refuse(path_, line, "a key must be a plain word");
      }
      const std::string key = prefix + entry.first.Scalar();
      if (entry.second.IsMap()) {
        if (depth == kMaxDepth) {
          Refuse(path_, line, "'" + key + "' is nested too deeply");
        }
        ReadMap(entry.second, key + ".", depth + 1);
      } else if (!entry.second.IsNull()) {
        ReadValue(key, line, entry.second);
      }
    }
  }

  std::vector<FileSetting> TakeSettings() { return std::move(settings_); }

 private:
  void ReadValue(const std::string& key, int line, const YAML::Node& value) {
    FileSetting setting{key, {}, value.IsSequence(), line};
    if (value.IsScalar()) {
      setting.values.push_back(value.Scalar());
    }
    if (value.IsSequence()) {
      for (const YAML::Node& element : value) {
        if (!element.IsScalar()) {
          Refuse(path_, LineOf(element.Mark()),
                 "the list '" + key + "' must contain only plain values");
        }
        setting.values.push_back(element.Scalar());
      }
    }
    settings_.push_back(std::move(setting));
  }

  const std::string& path_;
  std::vector<FileSetting> settings_;
};

}  // namespace

std::vector<FileSetting> ReadConfigFile(const std::string& path) {
  const std::string text = ReadWhole(path);
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return {};
    if (!root.IsMap()) {
      Refuse(path, LineOf(root.Mark()), "'key: value' lines are expected");
    }
    Reader reader(path);
    reader.ReadMap(root, "", 0);
    return reader.TakeSettings();
  } catch (const YAML::Exception& error) {
    Refuse(path, LineOf(error.mark), "not YAML: " + error.msg);
  }
}

}  // namespace ntm
