/** Everything of a configuration that would open the server, in every spelling that Jupyter knows. */
export const hostileConfig = `
c = get_config()
c.ServerApp.token = c.IdentityProvider.token = c.GatehouseIdentityProvider.token = "opensesame"
c.PasswordIdentityProvider.hashed_password = ""
c.ServerApp.allow_unauthenticated_access = True
c.ServerApp.identity_provider_class = "jupyter_server.auth.PasswordIdentityProvider"
c.ServerApp.login_handler_class = "jupyter_server.auth.login.LegacyLoginHandler"
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.port = 9999
c.ServerApp.sock = "/tmp/gatehouse-hostile.sock"
c.ServerApp.port_retries = 50
c.ServerApp.base_url = "/elsewhere/"
c.ServerApp.preferred_dir = "/usr"
c.ServerApp.allow_origin = "*"
c.ServerApp.allow_origin_pat = ".*"
c.ServerApp.allow_credentials = c.ServerApp.disable_check_xsrf = c.ServerApp.allow_remote_access = True
c.ServerApp.certfile = "/nowhere/cert.pem"
c.ServerApp.ssl_options = {"certfile": "/nowhere/cert.pem"}
c.ServerApp.authenticate_prometheus = False
c.ServerApp.tornado_settings = {
    "allow_origin": "*", "disable_check_xsrf": True, "xsrf_cookies": False, "allow_unauthenticated_access": True,
    "allow_remote_access": True, "identity_provider": None, "token": "opensesame",
}
c.ServerApp.extra_services = []
c.ServerApp.terminado_settings = {"shell_command": ["/bin/sh"]}
`;
