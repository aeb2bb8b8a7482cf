#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// The settings of a job that are not as by default, as the options that make them so:
/// "--limit-rate 20M", "--insecure", "--mirror http://h/ (not yet supported)". Of headers and of
/// what is encrypted only the names. Safe for a terminal.
/// @param settings  The "settings" that job.get answers.
std::vector<std::string> settings_text(const boost::json::object& settings);

}  // namespace ferry::cli
