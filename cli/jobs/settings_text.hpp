#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// The settings of a job that are not as by default, as the options that make them so:
/// "--limit-rate 20M", "--insecure", "--dynamic (not yet supported)". Of headers only the names:
/// their values may be secrets. Safe for a terminal.
/// @param settings  The "settings" that job.get answers.
std::vector<std::string> settings_text(const boost::json::object& settings);

}  // namespace ferry::cli
