#include "cli/cmdlet.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>

namespace ferry::test::cli_cmdlet_test {

using ferry::cli::arguments;
using ferry::cli::cmdlet;
using ferry::cli::cmdlets;
using ferry::cli::find_cmdlet;
using ferry::cli::in_words_of;
using ferry::cli::parameter_shape;
using ferry::cli::translate_cmdlet;

namespace {

/// The words of a command without blanks in them.
arguments words_of(std::string_view line) {
    arguments words;
    for (auto rest = line; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        words.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return words;
}

std::string line_of(const arguments& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

std::string translated(const arguments& words) {
    CAPTURE(line_of(words));
    auto result = translate_cmdlet(words);
    if (!result) FAIL_CHECK(result.error().detail);
    return result ? line_of(result->words) : "";
}
std::string translated(std::string_view line) { return translated(words_of(line)); }

std::string error_of(const arguments& words) {
    CAPTURE(line_of(words));
    const auto result = translate_cmdlet(words);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ferry::errc::bad_argument);
    return result.error().detail;
}
std::string error_of(std::string_view line) { return error_of(words_of(line)); }

/// A parameter, a value for it, and the options that come of them.
struct example {
    std::string name;
    std::string value;
    std::string expected;
};

const std::vector<example> properties = {
    {"ACLFlags", "og", "--acl-flags og"},
    {"Authentication", "Basic", "--authentication basic"},
    {"CertHash", "A9095C0E4B5C0E4B5C0E4B5C0E4B5C0E4B5C0E4B",
     "--cert-hash a9095c0e4b5c0e4b5c0e4b5c0e4b5c0e4b5c0e4b"},
    {"CertStoreLocation", "CURRENT_USER", "--cert-store-location current-user"},
    {"CertStoreName", "MY", "--cert-store-name my"},
    {"Credential", "corp\\eve", "--credential corp\\eve"},
    {"CustomHeaders", "X-A:1,X-B:2", "--custom-header X-A:1 --custom-header X-B:2"},
    {"CustomHeadersWriteOnly", "", "--custom-headers-write-only"},
    {"Description", "a,b", "--description a,b"},
    {"DisplayName", "'n'", "--display-name 'n'"},
    {"Dynamic", "", "--dynamic"},
    {"HttpMethod", "POST", "--http-method POST"},
    {"MaxDownloadTime", "7776000", "--max-download-time 7776000"},
    {"NotifyCmdLine", "/bin/echo,done,-n",
     "--notify-command /bin/echo --notify-command done --notify-command=-n"},
    {"NotifyFlags", "3", "--notify-flags 3"},
    {"Priority", "Normal", "--priority normal"},
    {"ProxyAuthentication", "Ntlm", "--proxy-authentication ntlm"},
    {"ProxyBypass", "*.corp,<local>", "--proxy-bypass *.corp --proxy-bypass <local>"},
    {"ProxyCredential", "eve", "--proxy-credential eve"},
    {"ProxyList", "a:80,http://b:81", "--proxy-list a:80 --proxy-list http://b:81"},
    {"ProxyUsage", "SystemDefault", "--proxy-usage system"},
    {"RetryInterval", "60", "--retry-interval 60"},
    {"RetryTimeout", "0", "--retry-timeout 0"},
    {"SecurityFlags", "0x80A", "--security-flags 2058"},
    {"TransferPolicy", "Standard,Roaming", "--transfer-policy standard,roaming"},
    {"UseStoredCredential", "Proxy", "--use-stored-credential proxy"},
};

/// What a cmdlet needs beside the example, and what comes of that before and behind it.
struct setting {
    std::string command;
    std::string before;
    std::string behind;
    std::vector<example> examples;
};

std::vector<example> with_properties(std::vector<example> examples) {
    examples.insert(examples.end(), properties.begin(), properties.end());
    return examples;
}

const example job = {"BitsJob", "j1,j2", "j1 j2"};
const std::vector<setting> settings = {
    {"Start-BitsTransfer", "start ", "", {{"Source", "a,b", "--source a --source b"}}},
    {"Start-BitsTransfer -Source s", "start --source s ", "",
     with_properties(
         {{"Destination", "c,d", "--destination c --destination d"},
          {"Asynchronous", "", "--asynchronous"},
          {"Suspended", "", "--suspended"},
          {"TransferType", "Upload", "--transfer-type upload"}})},
    {"Add-BitsFile -Source s", "add --source s ", "", {job}},
    {"Add-BitsFile -BitsJob j", "add ", " j", {{"Source", "a,b", "--source a --source b"}}},
    {"Add-BitsFile j s", "add --source s ", " j", {{"Destination", "d", "--destination d"}}},
    {"Get-BitsTransfer",
     "list ",
     "",
     {{"Name", "a*,?b", "a* ?b"},
      {"AllUsers", "", "--all-users"},
      {"JobId", "1,2", "--id 1 --id 2"}}},
    {"Set-BitsTransfer", "set ", "", {job}},
    {"Set-BitsTransfer -BitsJob j", "set ", " j",
     with_properties({{"SetOwnerToCurrentUser", "", "--set-owner-to-current-user"}})},
    {"Suspend-BitsTransfer", "suspend ", "", {job}},
    {"Resume-BitsTransfer", "resume ", "", {job}},
    {"Resume-BitsTransfer j", "resume ", " j", {{"Asynchronous", "", "--asynchronous"}}},
    {"Complete-BitsTransfer", "complete ", "", {job}},
    {"Remove-BitsTransfer", "remove ", "", {job}},
};

/// With the name as it is given; a value behind a colon, or in a word of its own.
arguments spelled(const setting& in, const example& one, std::string name, bool colon) {
    auto words = words_of(in.command);
    words.push_back("-" + name);
    if (one.value.empty())
        words.back() += colon ? ":$true" : "";
    else if (colon)
        words.back() += ":" + one.value;
    else
        words.push_back(one.value);
    return words;
}

/// Calls `each(setting, example, what it must become)`.
template <class Each>
void for_each_example(Each each) {
    for (const auto& in : settings)
        for (const auto& one : in.examples) each(in, one, in.before + one.expected + in.behind);
}

std::string upper(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

/// The shortest prefix that means the parameter; the whole name where there is none.
std::string prefix_of(const cmdlet& in, const std::string& name) {
    for (std::size_t n = 1; n < name.size(); ++n) {
        std::size_t matches = 0;
        bool alias = false;
        for (const auto& one : in.parameters) {
            matches += upper(std::string(one.name)).starts_with(upper(name.substr(0, n)));
            alias = alias || upper(std::string(one.alias)) == upper(name.substr(0, n));
        }
        if (matches == 1 && !alias) return name.substr(0, n);
    }
    return name;
}

const cmdlet& cmdlet_of(const setting& in) {
    for (const auto& one : cmdlets())
        if (one.name == words_of(in.command).front()) return one;
    throw std::logic_error(in.command);
}

}  // namespace

TEST_CASE("cmdlet: the eight are known in any case, nothing else is") {
    for (const std::string name :
         {"Start-BitsTransfer", "Add-BitsFile", "Get-BitsTransfer", "Set-BitsTransfer",
          "Suspend-BitsTransfer", "Resume-BitsTransfer", "Complete-BitsTransfer",
          "Remove-BitsTransfer"}) {
        CHECK(find_cmdlet(name));
        CHECK(find_cmdlet(upper(name)));
        CHECK_FALSE(find_cmdlet(name + " "));
    }
    CHECK(cmdlets().size() == 8);
    for (const std::string name : {"", "start", "Start-", "Import-Csv", "BitsTransfer"})
        CHECK_FALSE(find_cmdlet(name));
    CHECK(error_of("Import-Csv x") == "Import-Csv: no cmdlet of BitsTransfer");
    CHECK_FALSE(translate_cmdlet({}));
}

TEST_CASE("cmdlet: every parameter of every cmdlet is translated, in any case, also by a colon") {
    for_each_example([](const setting& in, const example& one, const std::string& expected) {
        for (const bool colon : {false, true}) {
            CHECK(translated(spelled(in, one, one.name, colon)) == expected);
            CHECK(translated(spelled(in, one, upper(one.name), colon)) == expected);
        }
    });
}

TEST_CASE("cmdlet: no parameter is left out of these tests") {
    std::set<std::string> tested;
    std::set<std::string> known;
    for_each_example([&](const setting& in, const example& one, const std::string&) {
        tested.insert(words_of(in.command).front() + " " + one.name);
    });
    for (const auto& all : cmdlets())
        for (const auto& one : all.parameters)
            known.insert(std::string(all.name) + " " + std::string(one.name));
    CHECK(tested == known);
}

TEST_CASE("cmdlet: a unique prefix of a parameter is enough") {
    for_each_example([](const setting& in, const example& one, const std::string& expected) {
        const auto prefix = prefix_of(cmdlet_of(in), one.name);
        CHECK(translated(spelled(in, one, prefix, false)) == expected);
    });
    CHECK(
        translated("start-bitstransfer -so a -dest b -transfert:Upload") ==
        "start --source a --destination b --transfer-type upload");
}

TEST_CASE("cmdlet: the documented aliases are understood, and only where they are documented") {
    const std::vector<std::pair<std::string, std::string>> set = {
        {"au", "Authentication"},
        {"b", "BitsJob"},
        {"cred", "Credential"},
        {"d", "Description"},
        {"dn", "DisplayName"},
        {"hm", "HttpMethod"},
        {"p", "Priority"},
        {"pa", "ProxyAuthentication"},
        {"pb", "ProxyBypass"},
        {"pc", "ProxyCredential"},
        {"pl", "ProxyList"},
        {"pu", "ProxyUsage"},
        {"so", "SetOwnerToCurrentUser"}};
    std::size_t tested = 0;
    for_each_example([&](const setting& in, const example& one, const std::string& expected) {
        if (!in.command.starts_with("Set-")) return;
        for (const auto& [alias, name] : set)
            if (name == one.name) {
                ++tested;
                CHECK(translated(spelled(in, one, alias, false)) == expected);
            }
    });
    CHECK(tested == set.size());
    for (const std::string verb : {"Suspend", "Resume", "Complete", "Remove"})
        CHECK(translated(verb + "-BitsTransfer -b j").ends_with(" j"));
    CHECK(translated("Resume-BitsTransfer j -as") == "resume --asynchronous j");
    CHECK(translated("Get-BitsTransfer -n x -all") == "list --all-users x");
    CHECK(translated("Get-BitsTransfer -id 1") == "list --id 1");
    CHECK(error_of("Start-BitsTransfer s -p low").starts_with("-p: could be any of several ("));
    CHECK(error_of("Start-BitsTransfer s -dn x").starts_with("-dn: no parameter"));
}

TEST_CASE("cmdlet: an ambiguous prefix is an error that lists the candidates") {
    CHECK(
        error_of("Start-BitsTransfer s -Re 60") ==
        "-Re: could be any of several (-RetryInterval, -RetryTimeout)");
    CHECK(
        error_of("Start-BitsTransfer s -d x") ==
        "-d: could be any of several (-Destination, -DisplayName, -Description, -Dynamic)");
    CHECK(
        error_of("Set-BitsTransfer j -CustomHeader:x") ==
        "-CustomHeader: could be any of several (-CustomHeaders, -CustomHeadersWriteOnly)");
    CHECK(
        error_of("Get-BitsTransfer -W") ==
        "-W: could be any of several (-WarningAction, -WarningVariable)");
}

TEST_CASE("cmdlet: parameters of PowerShell itself do not make a cmdlet's own ambiguous") {
    CHECK(translated("Set-BitsTransfer j -Pri low") == "set --priority low j");
    CHECK(translated("Start-BitsTransfer s -Cred eve") == "start --source s --credential eve");
    CHECK(translated("Resume-BitsTransfer j -a") == "resume --asynchronous j");
}

TEST_CASE("cmdlet: an array is written with commas, in one word or in several") {
    const std::string expected = "start --source a --source b --source c";
    for (const std::string line :
         {"-Source a,b,c", "-Source a, b, c", "-Source a ,b ,c", "-Source a , b , c",
          "-Source:a,b,c", "-Source: a,b,c", "-Source:a, b, c", "a,b,c", "a, b, c", "a ,b, c"})
        CHECK(translated("Start-BitsTransfer " + line) == expected);
    CHECK(
        translated({"Start-BitsTransfer", "-Source", "a b, c", ",d"}) ==
        "start --source a b --source c --source d");
}

TEST_CASE("cmdlet: quotes that outlive bash keep commas and blanks in an element") {
    CHECK(translated(arguments{"Start-BitsTransfer", "'a,b'"}) == "start --source a,b");
    CHECK(
        translated({"Start-BitsTransfer", "-Source", "\"a, b\", 'it''s' ,c's"}) ==
        "start --source a, b --source it's --source c's");
    CHECK(
        translated({"Set-BitsTransfer", "j", "-CustomHeaders", "\"Accept: a, b\",X: 1"}) ==
        "set --custom-header Accept: a, b --custom-header X: 1 j");
    for (const std::string broken : {"'a", "\"a,b", "'a'b", "'a' b,c"})
        CHECK(
            error_of(arguments{"Start-BitsTransfer", broken}) ==
            "-Source: a quote must close just before a comma or the end");
}

TEST_CASE("cmdlet: a text that is no array stays as it is") {
    for (const std::string text : {"Backup, weekly", "'a'", " x ", "a,", ""})
        CHECK(
            translated({"Set-BitsTransfer", "j", "-Description", text}) ==
            "set --description " + text + " j");
    CHECK(
        error_of({"Set-BitsTransfer", "j", "-Description", "a,", "b"}) ==
        "b: no parameter is left for it (a name with blanks needs quotes)");
}

TEST_CASE("cmdlet: a comma without a value on both sides is an error") {
    for (const std::string line :
         {"a,", "a,,b", ",a", "a, -Destination x", "-Source ,", "-Source:a,"})
        CHECK(error_of("Start-BitsTransfer " + line) == "-Source: an empty value");
    for (const std::string word : {"", " ", "''", "a,\"\""})
        CHECK(error_of({"Start-BitsTransfer", "-Source", word}) == "-Source: an empty value");
    CHECK(error_of(arguments{"Remove-BitsTransfer", ""}) == "-BitsJob: an empty value");
}

TEST_CASE("cmdlet: a switch is on by itself, and on or off behind a colon") {
    for (const std::string on : {"", ":$true", ":$TRUE", ":true"})
        CHECK(
            translated("Start-BitsTransfer s -Asynchronous" + on) ==
            "start --source s --asynchronous");
    CHECK(translated("Set-BitsTransfer j -Dynamic:$false") == "set --no-dynamic j");
    CHECK(translated("Start-BitsTransfer s -Dynamic:$false") == "start --source s");
    for (const std::string off : {":$false", ":$False", ":false"})
        CHECK(translated("Start-BitsTransfer s -Asynchronous" + off) == "start --source s");
    for (const std::string bad : {":", ":1", ":yes"})
        CHECK(
            error_of("Start-BitsTransfer s -Asynchronous" + bad) ==
            "-Asynchronous: neither $true nor $false behind the colon (bash wants it in quotes: "
            "':$true')");
    CHECK(
        translated("Start-BitsTransfer -Asynchronous s d") ==
        "start --source s --destination d --asynchronous");
}

TEST_CASE("cmdlet: what has no name goes to the positional parameters that are left") {
    CHECK(translated("Start-BitsTransfer s d") == "start --source s --destination d");
    CHECK(translated("Start-BitsTransfer -Source s d") == "start --source s --destination d");
    CHECK(translated("Start-BitsTransfer s -Destination d") == "start --source s --destination d");
    CHECK(translated("Start-BitsTransfer d -Source s") == "start --source s --destination d");
    CHECK(translated("Add-BitsFile j s d") == "add --source s --destination d j");
    CHECK(translated("Add-BitsFile -Source s j d") == "add --source s --destination d j");
    CHECK(translated("Get-BitsTransfer x*,y") == "list x* y");
    CHECK(translated("Set-BitsTransfer j -Priority high") == "set --priority high j");
    CHECK(translated("Start-BitsTransfer -5 -") == "start --source=-5 --destination=-");
    CHECK(
        error_of("Start-BitsTransfer my file .") ==
        ".: no parameter is left for it (a name with blanks needs quotes)");
    CHECK(error_of("Get-BitsTransfer a b").starts_with("b: no parameter is left"));
}

TEST_CASE("cmdlet: the commands of the documentation run as they stand") {
    const std::string a = "https://Server01/servertestdir/testfile1.txt";
    const std::string b = "https://Server01/servertestdir/testfile2.txt";
    CHECK(
        translated("Start-BitsTransfer -Source " + a + " -Destination ./testfile1.txt") ==
        "start --source " + a + " --destination ./testfile1.txt");
    CHECK(
        translated("Start-BitsTransfer " + a + " ./x -TransferType UploadReply") ==
        "start --source " + a + " --destination ./x --transfer-type upload-reply");
    CHECK(
        translated("Start-BitsTransfer -Source " + a + ", " + b + " -Destination c, d") ==
        "start --source " + a + " --source " + b + " --destination c --destination d");
    CHECK(
        translated("Start-BitsTransfer -Source c:\\dir\\*.* -Destination \\\\s\\share\\") ==
        "start --source c:\\dir\\*.* --destination \\\\s\\share\\");
    CHECK(
        translated(
            "Start-BitsTransfer -Source " + a +
            " -Asynchronous -Priority Normal -ProxyUsage Override -ProxyList p:80") ==
        "start --source " + a +
            " --asynchronous --priority normal --proxy-usage override --proxy-list p:80");
    CHECK(
        translated({"Start-BitsTransfer", "-DisplayName", "MyJob", "-Suspended"}) ==
        "start --suspended --display-name MyJob");
    CHECK(translated("Add-BitsFile -BitsJob j -Source " + a) == "add --source " + a + " j");
    CHECK(translated("Get-BitsTransfer") == "list");
    CHECK(translated("Get-BitsTransfer -Name T*,U -AllUsers") == "list --all-users T* U");
    CHECK(
        translated("Set-BitsTransfer -BitsJob j -DisplayName n -Priority High") ==
        "set --priority high --display-name n j");
    CHECK(translated("Resume-BitsTransfer -BitsJob j -Asynchronous") == "resume --asynchronous j");
    CHECK(translated("Suspend-BitsTransfer -BitsJob j1,j2") == "suspend j1 j2");
    CHECK(translated("Complete-BitsTransfer -BitsJob j") == "complete j");
    CHECK(translated("Remove-BitsTransfer -BitsJob j -Confirm:$false") == "remove j");
}

TEST_CASE("cmdlet: every word of an enumeration is translated, in any case and as a number") {
    struct words {
        std::string parameter;
        std::string option;
        std::vector<std::array<std::string, 3>> all;
    };
    const std::vector<std::array<std::string, 3>> schemes = {
        {"Basic", "1", "basic"},
        {"Digest", "2", "digest"},
        {"Ntlm", "3", "ntlm"},
        {"Negotiate", "4", "negotiate"}};
    const std::vector<words> enumerations = {
        {"TransferType",
         "--transfer-type",
         {{"Download", "0", "download"},
          {"Upload", "1", "upload"},
          {"UploadReply", "2", "upload-reply"}}},
        {"Priority",
         "--priority",
         {{"Foreground", "0", "foreground"},
          {"High", "1", "high"},
          {"Normal", "2", "normal"},
          {"Low", "3", "low"}}},
        {"ProxyUsage",
         "--proxy-usage",
         {{"SystemDefault", "0", "system"},
          {"NoProxy", "1", "none"},
          {"AutoDetect", "3", "auto"},
          {"Override", "2", "override"}}},
        {"Authentication", "--authentication", schemes},
        {"ProxyAuthentication", "--proxy-authentication", schemes},
        {"UseStoredCredential",
         "--use-stored-credential",
         {{"None", "0", "none"}, {"Proxy", "2", "proxy"}}},
        {"CertStoreLocation",
         "--cert-store-location",
         {{"CURRENT_USER", "0", "current-user"},
          {"LOCAL_MACHINE", "1", "local-machine"},
          {"CURRENT_SERVICE", "2", "current-service"},
          {"SERVICES", "3", "services"},
          {"USERS", "4", "users"},
          {"CURRENT_USER_GROUP_POLICY", "5", "current-user-group-policy"},
          {"LOCAL_MACHINE_GROUP_POLICY", "6", "local-machine-group-policy"},
          {"LOCAL_MACHINE_ENTERPRISE", "7", "local-machine-enterprise"}}},
        {"TransferPolicy",
         "--transfer-policy",
         {{"None", "0", "none"},
          {"Unrestricted", "1", "unrestricted"},
          {"Capped", "2", "capped"},
          {"BelowCap", "4", "below-cap"},
          {"NearCap", "8", "near-cap"},
          {"OverCapCharged", "0x10", "over-cap-charged"},
          {"OverCapThrottled", "0x20", "over-cap-throttled"},
          {"UsageBased", "0x40", "usage-based"},
          {"Roaming", "0x80", "roaming"},
          {"IgnoreCongestion", "0x80000000", "ignore-congestion"},
          {"PolicyUnrestricted", "0X80000021", "policy-unrestricted"},
          {"Standard", "0x80000067", "standard"},
          {"NoSurcharge", "0x8000006f", "no-surcharge"},
          {"NotRoaming", "0x8000007F", "not-roaming"},
          {"Always", "2147483903", "always"}}},
    };
    for (const auto& one : enumerations)
        for (const auto& [word, number, ours] : one.all)
            for (const auto& value : {word, upper(word), number})
                CHECK(
                    translated("Start-BitsTransfer s -" + one.parameter + " " + value) ==
                    "start --source s " + one.option + " " + ours);
    for (const std::string store : {"ca", "my", "root", "spc"})
        CHECK(
            translated("Set-BitsTransfer j -CertStoreName " + upper(store)) ==
            "set --cert-store-name " + store + " j");
}

TEST_CASE("cmdlet: a word that an enumeration lacks is an error that lists the others") {
    const auto error = [](const std::string& rest) {
        return error_of("Set-BitsTransfer j " + rest);
    };
    CHECK(
        error("-Priority urgent") ==
        "-Priority: 'urgent' is not one of Foreground, High, Normal, Low");
    CHECK(error("-Priority 4").starts_with("-Priority: '4' is not one of "));
    CHECK(error("-Priority Norm").starts_with("-Priority: 'Norm' is not one of "));
    CHECK(error("-Priority High,Low").starts_with("-Priority: 'High,Low' is not one of "));
    CHECK(error("-CertStoreName 4294967295").starts_with("-CertStoreName: '4294967295' is not"));
    CHECK(
        error("-Authentication passport") ==
        "-Authentication: Passport was a service of Microsoft that has ended; no server asks for "
        "it (use Basic, Digest, Ntlm, Negotiate)");
    CHECK(error("-ProxyAuthentication 5").starts_with("-ProxyAuthentication: Passport was"));
    CHECK(
        error("-UseStoredCredential Server") ==
        "-UseStoredCredential: 'Server' is not supported (use None, Proxy)");
    CHECK(error("-TransferPolicy Standard,x").starts_with("-TransferPolicy: 'x' is not one of "));
    CHECK(error("-ProxyUsage \x1b").starts_with("-ProxyUsage: '\\x1b' is not one of "));
}

TEST_CASE("cmdlet: numbers keep to their bounds") {
    const auto set = [](const std::string& rest) {
        return translated("Set-BitsTransfer j " + rest);
    };
    const auto error = [](const std::string& rest) {
        return error_of("Set-BitsTransfer j " + rest);
    };
    CHECK(set("-RetryInterval 2147483647") == "set --retry-interval 2147483647 j");
    CHECK(set("-RetryInterval 0x3c") == "set --retry-interval 60 j");
    for (const std::string bad : {"59", "0", "2147483648", "4294967356", "-60", "6e1", "x", "60s"})
        CHECK(
            error("-RetryInterval " + bad) ==
            "-RetryInterval: '" + bad + "' is not a number of seconds from 60 to 2147483647");
    CHECK(set("-MaxDownloadTime 0") == "set --max-download-time 0 j");
    CHECK(error("-RetryTimeout -1").ends_with("not a number of seconds from 0 to 2147483647"));
    CHECK(set("-NotifyFlags 0x7") == "set --notify-flags 7 j");
    CHECK(error("-NotifyFlags 8") == "-NotifyFlags: '8' is not a sum of 1, 2, 4");
    CHECK(set("-SecurityFlags 0xF1F") == "set --security-flags 3871 j");
    CHECK(
        error("-SecurityFlags 0x20") ==
        "-SecurityFlags: '0x20' is not a sum of 1, 2, 4, 8, 16, 256, 512, 1024, 2048");
    CHECK(set("-TransferPolicy 3,Roaming") == "set --transfer-policy 3,roaming j");
    CHECK(
        error("-TransferPolicy 0x100").starts_with("-TransferPolicy: '0x100' is not one of None"));
}

TEST_CASE("cmdlet: the letters of ACLFlags and the bytes of CertHash become one value") {
    const auto set = [](const std::string& rest) {
        return translated("Set-BitsTransfer j " + rest);
    };
    const auto error = [](const std::string& rest) {
        return error_of("Set-BitsTransfer j " + rest);
    };
    CHECK(set("-ACLFlags o, G,o,sd") == "set --acl-flags ogsd j");
    CHECK(
        error("-ACLFlags o,x") ==
        "-ACLFlags: 'x' is not made of o (owner), g (group), d (DACL), s (SACL)");
    std::string bytes = "0xA9,255,7";
    for (int i = 3; i < 20; ++i) bytes += ",0";
    CHECK(set("-CertHash " + bytes) == "set --cert-hash a9ff07" + std::string(34, '0') + " j");
    CHECK(error("-CertHash 1,256") == "-CertHash: '256' is not a byte, 0 to 255");
    const std::string none = "-CertHash: not a SHA-1 thumbprint (20 bytes, or 40 digits)";
    CHECK(error("-CertHash " + bytes + ",0") == none);
    CHECK(error("-CertHash 1,2") == none);
    CHECK(error("-CertHash " + std::string(40, 'g')) == none);
}

TEST_CASE("cmdlet: a header without a colon is an error that does not repeat it") {
    CHECK(
        error_of({"Start-BitsTransfer", "s", "-CustomHeaders", "Accept: a, secret"}) ==
        "-CustomHeaders: a header without a colon (quotes keep a comma: '\"Accept: a, b\"')");
}

TEST_CASE("cmdlet: a parameter that is given twice is an error, by whatever name") {
    CHECK(
        error_of("Start-BitsTransfer -Source a -so b") ==
        "-Source: given twice (several values are written a,b)");
    CHECK(
        error_of("Set-BitsTransfer j -Priority low -p low") ==
        "-Priority: given twice (once is enough)");
    CHECK(
        error_of("Resume-BitsTransfer j -as -as:$false").starts_with("-Asynchronous: given twice"));
    CHECK(error_of("Get-BitsTransfer -Verbose -vb").starts_with("-Verbose: given twice"));
}

TEST_CASE("cmdlet: an unknown parameter is an error that names those close to it") {
    CHECK(
        error_of("Start-BitsTransfer -Sorce x") ==
        "-Sorce: no parameter of Start-BitsTransfer (did you mean -Source?)");
    CHECK(
        error_of("start-bitstransfer s -asyncronus") ==
        "-asyncronus: no parameter of Start-BitsTransfer (did you mean -Asynchronous?)");
    CHECK(
        error_of("Set-BitsTransfer j -ProxyLast x") ==
        "-ProxyLast: no parameter of Set-BitsTransfer (did you mean -ProxyList?)");
    CHECK(
        error_of("Suspend-BitsTransfer j -Asynchronous") ==
        "-Asynchronous: no parameter of Suspend-BitsTransfer (see 'ferry help "
        "Suspend-BitsTransfer')");
    CHECK(error_of("Set-BitsTransfer j -TransferType Upload").starts_with("-TransferType: no "));
    CHECK(error_of("Get-BitsTransfer -x\x1b").starts_with("-x\\x1b: no parameter"));
    CHECK(error_of("Get-BitsTransfer -" + std::string(100'000, 'x')).size() > 100'000);
}

TEST_CASE("cmdlet: a value that is missing is an error") {
    for (const auto& all : cmdlets())
        for (const auto& one : all.parameters) {
            if (one.shape == parameter_shape::flag) continue;
            const auto word = std::string(all.name) + " -" + std::string(one.name);
            const auto expected = "-" + std::string(one.name) + ": a value is missing";
            for (const std::string end : {"", ":", " -Verbose", ": -Verbose", " --json"})
                CHECK(error_of(word + end) == expected);
        }
}

TEST_CASE("cmdlet: a mandatory parameter that is missing is an error") {
    for (const auto& all : cmdlets()) {
        if (all.verb == "list") continue;
        const auto first = all.verb == "start" ? "-Source" : "-BitsJob";
        CHECK(error_of(all.name) == std::string(all.name) + ": " + first + " is missing");
    }
    CHECK(error_of("Add-BitsFile j") == "Add-BitsFile: -Source is missing");
    CHECK(error_of("Start-BitsTransfer -Destination d").ends_with("-Source is missing"));
    CHECK(error_of("Start-BitsTransfer -Suspended:$false").ends_with("-Source is missing"));
}

TEST_CASE("cmdlet: jobs are asked for by name or by id, not by both") {
    for (const std::string rest : {"-JobId 1 -Name x", "x -JobId 1", "-JobId 1 -AllUsers"})
        CHECK(
            error_of("Get-BitsTransfer " + rest) == "-JobId: not together with -Name or -AllUsers");
    CHECK(translated("Get-BitsTransfer -JobId 1 -AllUsers:$false") == "list --id 1");
}

TEST_CASE("cmdlet: of PowerShell's own parameters, those about variables are refused") {
    for (const std::string verbose :
         {"-Verbose", "-vb", "-v", "-Verbose:$true", "-Debug", "-db", "-Verbose -Debug"})
        CHECK(translated("Get-BitsTransfer " + verbose) == "list --verbose");
    for (const auto& all : cmdlets())
        for (const auto& one : all.common) {
            if (!one.option.empty() || !one.meaning.empty()) continue;
            const auto expected =
                "-" + std::string(one.name) + ": has no meaning outside PowerShell (leave it out)";
            for (const auto name : {one.name, one.alias})
                CHECK(
                    error_of(std::string(all.name) + " -" + std::string(name) + " x") == expected);
        }
    for (const auto* name : {"ev", "wv", "iv", "ov", "ob", "pv"})
        CHECK(error_of(std::string("Get-BitsTransfer -") + name + " x").ends_with("leave it out)"));
    for (const std::string off : {"-Debug", "-WhatIf", "-Confirm", "-Verbose", "-cf"})
        CHECK(translated("Remove-BitsTransfer j " + off + ":$false") == "remove j");
    CHECK(error_of("Get-BitsTransfer -WhatIf").starts_with("-WhatIf: no parameter of Get-"));
}

TEST_CASE("cmdlet: -WhatIf, -Confirm and -ErrorAction are the manner of it, not its words") {
    const auto manner = [](std::string_view line) {
        auto call = translate_cmdlet(words_of(line));
        REQUIRE(call);
        CHECK(line_of(call->words) == "remove a b");
        CHECK(line_of(call->manner.jobs) == "a b");
        CHECK(call->manner.from == find_cmdlet("Remove-BitsTransfer"));
        return call->manner;
    };
    const std::string remove = "Remove-BitsTransfer a,b ";
    for (const std::string what_if : {"-WhatIf", "-wi", "-What:$true"})
        CHECK(manner(remove + what_if).what_if);
    CHECK_FALSE(manner(remove + "-WhatIf:$false").what_if);
    CHECK(manner(remove + "-Confirm").confirm);
    CHECK(manner(remove + "-cf").confirm);
    CHECK_FALSE(manner(remove + "-Confirm:$false").confirm);
    for (const std::string silent : {"SilentlyContinue", "ignore", "0"})
        CHECK(manner(remove + "-ErrorAction " + silent).silent);
    for (const std::string loud : {"-ea Stop", "-ea continue", "-wa Ignore", "-infa Ignore"})
        CHECK_FALSE(manner(remove + loud).silent);
    for (const std::string word : {"Inquire", "Suspend", "Break"})
        CHECK(
            error_of(remove + "-ErrorAction " + word) ==
            "-ErrorAction: '" + word +
                "' is not supported (use SilentlyContinue, Stop, Continue, Ignore)");
    CHECK(
        translated("Get-BitsTransfer -ProgressAction SilentlyContinue") == "list --progress none");
    const auto start = translate_cmdlet(words_of("Start-BitsTransfer a -WhatIf"));
    REQUIRE(start);
    CHECK(start->manner.jobs.empty());
}

TEST_CASE("cmdlet: a dash of typography before a name is a hyphen") {
    for (const std::string dash : {"\u2013", "\u2014", "\u2015"}) {
        CHECK(
            translated("Start-BitsTransfer " + dash + "Source a " + dash + "Asynchronous") ==
            "start --source a --asynchronous");
        CHECK(translated("Remove-BitsTransfer " + dash) == "remove -- " + dash);
    }
}

TEST_CASE("cmdlet: a line about options is told in the cmdlet's words") {
    const auto in_set = [](const std::string& text) {
        return in_words_of(*find_cmdlet("Set-BitsTransfer"), text);
    };
    CHECK(
        in_set("--max-download-time 0: wrong (see 'ferry set --help')") ==
        "-MaxDownloadTime 0: wrong (see 'ferry help Set-BitsTransfer')");
    CHECK(in_set("--custom-headers-write-only: x") == "-CustomHeadersWriteOnly: x");
    CHECK(in_set("only with --proxy-usage override") == "only with -ProxyUsage override");
    CHECK(in_set("by --password-file") == "by --password-file");
}

TEST_CASE("cmdlet: what is missing may be on standard input, and the error says how") {
    const auto missing = translate_cmdlet({"Start-BitsTransfer"}, true);
    REQUIRE_FALSE(missing);
    CHECK(
        missing.error().detail ==
        "Start-BitsTransfer: -Source is missing (a list on standard "
        "input: 'ferry import -')");
    CHECK(
        translate_cmdlet({"Complete-BitsTransfer"}, true).error().detail ==
        "Complete-BitsTransfer: -BitsJob is missing ('ferry list -q | ferry complete -' takes all "
        "of them)");
    CHECK(
        translate_cmdlet({"Set-BitsTransfer"}, true).error().detail ==
        "Set-BitsTransfer: -BitsJob is missing");
}

TEST_CASE("cmdlet: the options of every verb keep ferry's spelling") {
    CHECK(
        translated("Get-BitsTransfer --json --host box --progress=none x") ==
        "list --json --host box --progress=none x");
    CHECK(error_of("Get-BitsTransfer --host") == "--host: a value is missing");
    CHECK(
        error_of("Start-BitsTransfer s --limit-rate 5") ==
        "--limit-rate: cmdlets do not have this option (see 'ferry start --help')");
    CHECK(error_of("Start-BitsTransfer s --json=x").starts_with("--json: cmdlets do not"));
    CHECK(error_of("Start-BitsTransfer --").starts_with("--: cmdlets do not"));
}

TEST_CASE("cmdlet: a value that looks like an option is taken for none") {
    CHECK(
        translated("Start-BitsTransfer -Source:-a,--b -DisplayName:--json") ==
        "start --source=-a --source=--b --display-name=--json");
    CHECK(translated("Suspend-BitsTransfer -BitsJob:a,-h") == "suspend -- a -h");
}

TEST_CASE("cmdlet: whatever words come, there is a translation or an error") {
    const std::vector<std::string> words = {
        "-Source",   "-Source:",  "-so:a",  "a",      "a,",
        ",",         ",b",        "''",     "'",      "\"",
        "-",         "--",        "--json", "--host", "-Asynchronous:",
        "-CertHash", "-ACLFlags", "-x",     "",       " ",
        ":",         "-:",        "-a:b:c"};
    std::mt19937 random(1);
    for (const auto& all : cmdlets())
        for (int round = 0; round < 1'000; ++round) {
            arguments command{std::string(all.name)};
            for (auto n = random() % 6; n > 0; --n)
                command.push_back(words[random() % words.size()]);
            const auto result = translate_cmdlet(command);
            const bool sound =
                result ? result->words.front() == all.verb : !result.error().detail.empty();
            CHECK(sound);
        }
}

}  // namespace ferry::test::cli_cmdlet_test
